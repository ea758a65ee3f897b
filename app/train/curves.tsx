import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { stepsOf } from "../charts/curve.ts";
import { type Line, Plot } from "../charts/plot.tsx";
import { settings } from "./choice.ts";
import type { Run } from "./run.ts";
import { current } from "./session.ts";
import { duration, percent, short } from "./text.ts";

/** Loss and accuracy of the run under way, as they grow. */
export function Curves(): JSX.Element {
  const loss = useComputed(() => (current.value ? lossLines(current.value) : []));
  const accuracy = useComputed(() => (current.value ? accuracyLines(current.value) : []));
  const epochs = useComputed(() => current.value?.settings.epochs ?? settings.value.epochs);
  return (
    <>
      <Titled title="Loss" lines={loss} epochs={epochs} format={short} />
      <Titled title="Accuracy" lines={accuracy} epochs={epochs} format={whole} y={[0, 1]} />
    </>
  );
}

function Titled({
  title,
  lines,
  epochs,
  format,
  y,
}: {
  readonly title: string;
  readonly lines: ReadonlySignal<readonly Line[]>;
  readonly epochs: ReadonlySignal<number>;
  readonly format: (value: number) => string;
  readonly y?: readonly [number, number];
}): JSX.Element {
  return (
    <div>
      <h3>{title}</h3>
      <Plot
        label={`${title} by epochs; the table of epochs has the numbers`}
        lines={lines}
        x="epochs"
        format={format}
        height={180}
        range={{ x: [0, epochs.value], ...(y && { y }) }}
      />
    </div>
  );
}

function whole(fraction: number): string {
  return `${Math.round(100 * fraction)} %`;
}

function lossLines(run: Run): readonly Line[] {
  const x = epochsOf(run);
  const { loss, epochs } = run;
  const ends = epochs.map(({ epoch }) => epoch);
  return [
    { label: "batches", x, y: loss.means, colour: "--series-0", faint: true },
    { label: "training", x, y: loss.smooth, colour: "--series-0" },
    { label: "held out", x: ends, y: epochs.map((e) => e.testLoss), colour: "--series-1", dots: true },
  ];
}

function accuracyLines(run: Run): readonly Line[] {
  const x = epochsOf(run);
  const { accuracy, epochs, tests, prepared } = run;
  const perEpoch = prepared?.stepsPerEpoch ?? 1;
  const some = tests[0]?.count;
  return [
    { label: "batches", x, y: accuracy.means, colour: "--series-0", faint: true },
    { label: "training", x, y: accuracy.smooth, colour: "--series-0" },
    ...(some === undefined
      ? []
      : [
          {
            label: `${some} held out`,
            x: tests.map(({ step }) => step / perEpoch),
            y: tests.map((test) => test.accuracy),
            colour: "--series-1",
            dashed: true,
          },
        ]),
    {
      label: "all held out",
      x: epochs.map(({ epoch }) => epoch),
      y: epochs.map((e) => e.testAccuracy),
      colour: "--series-1",
      dots: true,
    },
  ];
}

function epochsOf({ loss, prepared }: Run): readonly number[] {
  return stepsOf(loss).map((step) => step / (prepared?.stepsPerEpoch ?? 1));
}

/** The numbers of the curves. */
export function Epochs(): JSX.Element | null {
  const epochs = useComputed(() => current.value?.epochs ?? []);
  if (epochs.value.length === 0) return null;
  return (
    <details>
      <summary>Table of epochs</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section class="scroll epochs" aria-label="Table of epochs" tabIndex={0}>
        <table>
          <caption class="aside">What each epoch came to</caption>
          <thead>
            <tr>
              <th scope="col">Epoch</th>
              <th scope="col" class="number">
                Loss
              </th>
              <th scope="col" class="number">
                Accuracy
              </th>
              <th scope="col" class="number">
                Held-out loss
              </th>
              <th scope="col" class="number">
                Held-out accuracy
              </th>
              <th scope="col" class="number">
                Time
              </th>
            </tr>
          </thead>
          <tbody>
            {epochs.value.map((result) => (
              <tr key={result.epoch}>
                <th scope="row">{result.epoch}</th>
                <td class="number">{result.loss.toFixed(4)}</td>
                <td class="number">{percent(result.accuracy)}</td>
                <td class="number">{result.testLoss.toFixed(4)}</td>
                <td class="number">{percent(result.testAccuracy)}</td>
                <td class="number">{duration(result.seconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
