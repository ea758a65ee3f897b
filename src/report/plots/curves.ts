import { namesOf } from "../comparison.ts";
import type { MetricsLine } from "../metrics.ts";
import { long, percent } from "../numbers.ts";
import { bestEpoch, type RunRecord } from "../record.ts";
import type { Chart, Point, Series } from "./lineChart.ts";

/** Points of one line; more are not told apart. */
const mostPoints = 1500;

/** How a run went: loss, accuracy, learning rate, as far as it recorded them. */
export function curvesOf(record: RunRecord): readonly Chart[] {
  const { epochs, steps, config } = record;
  const inEpochs = epochsOf(record);
  const ofSteps = (value: (line: MetricsLine) => number | undefined) =>
    thinned(steps.flatMap((line) => pointOf(inEpochs(line.step), value(line))));
  const ofEpochs = (value: (line: MetricsLine) => number | undefined) => pointsOf(record, value);
  const best = bestEpoch(epochs);
  const top1 = best?.validation?.top1;
  return shown([
    {
      ...lossForm,
      series: [
        { name: "training, steps", points: ofSteps(({ loss }) => loss), colour: 0, faint: true },
        { name: "training", points: ofEpochs(({ loss }) => loss), colour: 0 },
        { name: "validation", points: ofEpochs(({ validation }) => validation?.loss), colour: 1 },
      ],
    },
    {
      ...accuracyForm,
      series: [
        { name: "training", points: ofEpochs(({ accuracy }) => accuracy), colour: 0 },
        { name: "validation", points: ofEpochs(({ validation }) => validation?.top1), colour: 1 },
        ...(config.options.classes > 5
          ? [{ name: "validation, top-5", points: ofEpochs(({ validation }) => validation?.top5), colour: 2 }]
          : []),
      ],
      ...(best &&
        top1 !== undefined && { mark: { point: [best.epoch, top1], text: `best: ${percent(top1)}` } }),
    },
    { ...rateForm, series: [{ name: "rate", points: ofSteps(({ rate }) => rate), colour: 0 }] },
    {
      ...{ id: "speed", title: "Pictures a second", xLabel: "epoch" },
      format: (value) => long(Number(value.toPrecision(5))),
      series: [{ name: "training", points: ofEpochs((line) => line.imagesPerSecond), colour: 0 }],
    },
  ]);
}

/** The curves of several runs, each in one colour. */
export function comparedCurves(records: readonly RunRecord[]): readonly Chart[] {
  const names = namesOf(records);
  const each = (points: (record: RunRecord) => readonly Point[]): readonly Series[] =>
    records.map((record, index) => ({ name: names[index] ?? "", points: points(record), colour: index }));
  return shown([
    {
      ...accuracyForm,
      title: "Accuracy in validation",
      series: each((record) => pointsOf(record, ({ validation }) => validation?.top1)),
    },
    {
      ...lossForm,
      id: "validation-loss",
      title: "Loss in validation",
      series: each((record) => pointsOf(record, ({ validation }) => validation?.loss)),
    },
    {
      ...lossForm,
      title: "Loss in training",
      series: each((record) => pointsOf(record, ({ loss }) => loss)),
    },
    {
      ...rateForm,
      series: each((record) => {
        const inEpochs = epochsOf(record);
        return thinned(record.steps.flatMap(({ step, rate }) => pointOf(inEpochs(step), rate)));
      }),
    },
  ]);
}

const figures = (value: number) => `${Number(value.toPrecision(3))}`;
const lossForm = { id: "loss", title: "Loss", xLabel: "epoch", format: figures, mayBeLog: true };
const rateForm = { id: "rate", title: "Learning rate", xLabel: "epoch", format: figures };
const accuracyForm = {
  id: "accuracy",
  title: "Accuracy",
  xLabel: "epoch",
  format: (value: number) => `${Number((100 * value).toFixed(1))} %`,
};

/** The charts that have something to show. */
function shown(charts: readonly Chart[]): readonly Chart[] {
  return charts.filter(({ series }) => series.some(({ points }) => points.length > 0));
}

function pointsOf({ epochs }: RunRecord, value: (line: MetricsLine) => number | undefined): readonly Point[] {
  return thinned(epochs.flatMap((line) => pointOf(line.epoch, value(line))));
}

function pointOf(x: number, y: number | undefined): readonly Point[] {
  return y === undefined ? [] : [[x, y]];
}

/** Places steps among epochs: the last step of epoch 2 at 2. */
function epochsOf({ epochs, steps }: RunRecord): (step: number) => number {
  const [first] = epochs;
  const last = steps.at(-1);
  const anEpoch =
    first?.step === undefined ? (last?.step ?? 1) / (last?.epoch ?? 1) : first.step / first.epoch;
  return (step) => step / anEpoch;
}

function thinned(points: readonly Point[]): readonly Point[] {
  const every = Math.ceil(points.length / mostPoints);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}
