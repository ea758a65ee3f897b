import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Pictures } from "../data/pictures.ts";
import type { Engine } from "../engines/engine.ts";
import { writeError, writeFileAtomically } from "../files/atomicWrite.ts";
import { createModel } from "../models/registry.ts";
import { matchWeights } from "../nn/weights.ts";
import { Evaluator } from "../train/evaluate.ts";
import { openRun } from "../train/runFolder.ts";
import { classesSection, confusionSection, errorsSection, mostCells } from "./answers.ts";
import { type Evidence, gather } from "./evidence.ts";
import { type Filters, firstFilters } from "./filters.ts";
import { html } from "./html.ts";
import { encodeDrawing, enlarge } from "./images.ts";
import { filtersSection, layersSection, settingsSection } from "./network.ts";
import { duration, long, percent, short } from "./numbers.ts";
import { keyFigures, page } from "./page.ts";
import { confusionDrawing, confusionPicture } from "./plots/confusion.ts";
import { curvesOf } from "./plots/curves.ts";
import { chartsSection } from "./plots/figures.ts";
import { type Chart, lineChart } from "./plots/lineChart.ts";
import { light } from "./plots/palette.ts";
import { bestEpoch, type RunRecord, readRecord } from "./record.ts";

export interface ReportOptions {
  /** What the network is tested with. */
  readonly test: Pictures;
  readonly engine: Engine;
  /** Write each plot as PNG and SVG into the folder `plots` too. Default false. */
  readonly plots?: boolean;
}

const mostErrors = 24;
const filterPixels = 448;
const batch = 100;

/**
 * Writes `report.html` into a run's folder, about its best checkpoint, or the last where no epoch was tested. The page
 * needs nothing but itself. The paths of the files it wrote, the page first.
 */
export async function writeReport(
  folder: string,
  { test, engine, plots = false }: ReportOptions,
): Promise<readonly string[]> {
  const record = await readRecord(folder);
  const { config, weights, checkpoint, path } = await openRun(folder);
  const model = createModel(config.model, config.options);
  matchWeights(model, weights, path);
  const image = { shape: test.shape, normalization: config.image.normalization };
  const evaluator = await Evaluator.create(model, engine, { image, batch });
  evaluator.load(weights);
  const evidence = await gather(evaluator, test, config.classes, mostErrors);
  const { evaluation } = evidence;
  const charts = curvesOf(record);
  const filters = firstFilters(model, weights);
  const filtersPng = filters && (await enlarge(filters.picture, filterPixels));
  const text = page(`${record.name}: ${config.model} on ${config.data}`, [
    html`<header><h1>${record.name}</h1><p class="lead">${config.model} on ${config.data}. Measured with the ${checkpoint} checkpoint on ${long(evaluation.count)} test pictures.</p>${figuresOf(record, evidence)}</header>\n<main>`,
    chartsSection("Training", charts),
    html`<div class="pair">${await confusionSection(evaluation.confusion, config.classes)}${classesSection(evaluation)}</div>`,
    await errorsSection(evidence, test.shape, config.classes),
    ...(filters && filtersPng ? [filtersSection(filters, filtersPng)] : []),
    layersSection(record.summary),
    settingsSection(record, engine.description),
    html`</main><footer>Written by <code>convnets report ${record.name}</code></footer>`,
  ]);
  const file = join(folder, "report.html");
  await writeFileAtomically(file, new TextEncoder().encode(text));
  return plots ? [file, ...(await writePlots(record, charts, evidence, filters))] : [file];
}

function figuresOf({ epochs, summary, config }: RunRecord, { evaluation }: Evidence) {
  const seconds = epochs.reduce((sum, line) => sum + (line.seconds ?? 0), 0);
  const best = bestEpoch(epochs);
  return keyFigures([
    ["top-1", percent(evaluation.top1)],
    ...(config.options.classes > 5 ? [["top-5", percent(evaluation.top5)] as const] : []),
    ["loss", evaluation.loss.toFixed(4)],
    ["epochs", `${epochs.length}`],
    ...(best === undefined ? [] : [["best epoch", `${best.epoch}`] as const]),
    ["trained for", duration(seconds)],
    ["parameters", long(summary.parameters)],
    ["multiply-adds", short(summary.macs)],
  ]);
}

/** Each plot as SVG and PNG; what consists of pixels as PNG alone. */
async function writePlots(
  { folder, config }: RunRecord,
  charts: readonly Chart[],
  { evaluation: { confusion } }: Evidence,
  filters: Filters | undefined,
): Promise<readonly string[]> {
  const target = join(folder, "plots");
  await mkdir(target, { recursive: true }).catch((error: unknown) => {
    throw writeError(target, 0, error);
  });
  const drawings = charts.map((chart) => [chart.id, lineChart(chart, light, true).text] as const);
  const isDrawn = confusion.length <= mostCells;
  const files = new Map<string, Uint8Array>();
  for (const [id, svg] of [
    ...drawings,
    ...(isDrawn ? [["confusion", confusionDrawing(confusion, config.classes, light).text] as const] : []),
  ]) {
    files.set(`${id}.svg`, new TextEncoder().encode(svg));
    files.set(`${id}.png`, await encodeDrawing(svg));
  }
  if (!isDrawn) files.set("confusion.png", await enlarge(confusionPicture(confusion), filterPixels));
  if (filters) files.set("filters.png", await enlarge(filters.picture, filterPixels));
  const paths: string[] = [];
  for (const [name, bytes] of files) {
    await writeFileAtomically(join(target, name), bytes);
    paths.push(join(target, name));
  }
  return paths;
}
