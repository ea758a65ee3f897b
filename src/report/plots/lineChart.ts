import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { type Html, html } from "../html.ts";
import type { Palette } from "./palette.ts";

export type Point = readonly [x: number, y: number];

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** Which of the palette's colours, counted from 0; beyond them lines are dashed. */
  readonly colour: number;
  /** In the background. */
  readonly faint?: boolean;
}

export interface Chart {
  /** The name of its file. */
  readonly id: string;
  readonly title: string;
  readonly xLabel: string;
  readonly series: readonly Series[];
  /** Whether the y axis may be logarithmic: where all is positive, and the largest many times the smallest. */
  readonly mayBeLog?: boolean;
  /** A place to point out. */
  readonly mark?: { readonly point: Point; readonly text: string };
  format(y: number): string;
}

const width = 410;
const height = 268;
const left = 52;
const right = 14;
const bottom = 42;
const legendRow = 19;
/** Of the text's size, on average: for the layout of a legend. */
const characterWidth = 6.5;
const longestName = 28;
/** A logarithmic axis is for a larger ratio of the largest number to the smallest. */
const logRatio = 30;
/** With more points than this, they show as a line alone. */
const mostDots = 40;

/** A chart as SVG. One that is `alone` in a file has its own title and background. */
export function lineChart(chart: Chart, palette: Palette, alone = false): Html {
  const series = chart.series.filter(({ points }) => points.length > 0);
  const entries = legend(series);
  const titleSpace = alone ? 26 : 0;
  const rows = Math.max(0, ...entries.map(({ row }) => row + 1));
  const top = titleSpace + rows * legendRow + 14;
  const points = series.flatMap((each) => each.points);
  const [x0, x1] = range(points.map(([at]) => at));
  const ys = points.map(([, value]) => value);
  const x = scaleLinear(x0 === x1 ? [x0 - 0.5, x1 + 0.5] : [x0, x1], [left, width - right]);
  const isLog = chart.mayBeLog === true && spans(ys);
  const y = scaleOf(ys, isLog, [height - bottom, top]);
  const colourOf = ({ colour }: Series) => palette.series[colour % palette.series.length] ?? palette.ink;
  const path = line<Point>(
    ([at]) => x(at),
    ([, value]) => y(value),
  ).digits(1);
  const body = [
    yTicks(y, isLog).map(
      (tick) =>
        html`<path d="M${left} ${fixed(y(tick))}H${width - right}" stroke="${palette.grid}"/><text x="${left - 8}" y="${fixed(y(tick) + 4)}" text-anchor="end">${chart.format(tick)}</text>`,
    ),
    x
      .ticks(6)
      .filter(Number.isInteger)
      .map(
        (tick) =>
          html`<text x="${fixed(x(tick))}" y="${height - bottom + 18}" text-anchor="middle">${tick}</text>`,
      ),
    html`<path d="M${left} ${height - bottom}H${width - right}" stroke="${palette.muted}"/>`,
    html`<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${chart.xLabel}</text>`,
    series
      .toSorted((a, b) => Number(b.faint ?? false) - Number(a.faint ?? false))
      .map((each) => {
        const dots = each.faint || each.points.length > mostDots ? [] : each.points;
        return html`<g opacity="${each.faint ? 0.35 : 1}"><path d="${path(each.points) ?? ""}" fill="none" stroke="${colourOf(each)}" stroke-width="${each.faint ? 1.2 : 2}" stroke-linejoin="round" stroke-dasharray="${dashes(each, palette)}"/>${dots.map(([at, value]) => html`<circle cx="${fixed(x(at))}" cy="${fixed(y(value))}" r="2.4" fill="${colourOf(each)}"/>`)}</g>`;
      }),
    entries.map(({ series: each, at, row }) => {
      const middle = titleSpace + row * legendRow + 12;
      return html`<path d="M${fixed(at)} ${middle - 4}h18" stroke="${colourOf(each)}" stroke-width="${each.faint ? 1.2 : 2.5}" opacity="${each.faint ? 0.5 : 1}" stroke-dasharray="${dashes(each, palette)}"/><text x="${fixed(at + 24)}" y="${middle}">${cutName(each.name)}</text>`;
    }),
    chart.mark === undefined ? [] : markOf(chart.mark, x, y, palette),
  ];
  const root = html`role="img" aria-label="${describe(chart, series)}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="${palette.muted}"`;
  if (!alone) return html`<svg ${root}>${body}</svg>`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ${root}><rect width="${width}" height="${height}" fill="${palette.paper}"/><text x="${left}" y="20" font-size="14" font-weight="600" fill="${palette.ink}">${chart.title}</text>${body}</svg>`;
}

type Scale = ScaleContinuousNumeric<number, number>;

function scaleOf(values: readonly number[], isLog: boolean, to: readonly [number, number]): Scale {
  const [least, most] = range(values);
  if (isLog) return scaleLog([least, most], to).nice();
  const room = least === most ? Math.abs(least) / 2 || 1 : 0;
  return scaleLinear([least - room, most + room], to).nice(5);
}

function spans(values: readonly number[]): boolean {
  const [least, most] = range(values);
  return least > 0 && most / least > logRatio;
}

function yTicks(y: Scale, isLog: boolean): readonly number[] {
  const ticks = y.ticks(5);
  if (!isLog) return ticks;
  const leading = (tick: number) => Number(tick.toExponential(0).slice(0, 1));
  const round = ticks.filter((tick) => [1, 2, 5].includes(leading(tick)));
  return round.length > 8 ? round.filter((tick) => leading(tick) === 1) : round;
}

interface Entry {
  readonly series: Series;
  readonly at: number;
  readonly row: number;
}

/** Where each name of the legend stands, row after row. */
function legend(series: readonly Series[]): readonly Entry[] {
  const entries: Entry[] = [];
  let [at, row] = [left, 0];
  for (const each of series) {
    const space = 24 + characterWidth * cutName(each.name).length;
    if (at > left && at + space > width) [at, row] = [left, row + 1];
    entries.push({ series: each, at, row });
    at += space + 14;
  }
  return entries;
}

function cutName(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name;
}

function markOf(
  { point: [at, value], text }: Required<Chart>["mark"],
  x: Scale,
  y: Scale,
  palette: Palette,
): Html {
  const [cx, cy] = [x(at), y(value)];
  const isRight = cx > (left + width) / 2;
  // Under the curve, where that leaves the text above the axis.
  const below = cy + 22 < height - bottom;
  return html`<circle cx="${fixed(cx)}" cy="${fixed(cy)}" r="5" fill="none" stroke="${palette.ink}" stroke-width="1.5"/><text x="${fixed(isRight ? cx + 4 : cx - 4)}" y="${fixed(below ? cy + 22 : cy - 12)}" text-anchor="${isRight ? "end" : "start"}" fill="${palette.ink}">${text}</text>`;
}

function dashes({ colour }: Series, { series }: Palette): string {
  const round = Math.floor(colour / series.length);
  return round === 0 ? "none" : `${6 - Math.min(4, round)} 3`;
}

/** What the chart shows, for those who don't see it. */
function describe({ title, xLabel, format }: Chart, series: readonly Series[]): string {
  const texts = series
    .filter(({ faint }) => !faint)
    .map(({ name, points }) => {
      const [first, last] = [points[0], points.at(-1)];
      return `${name} from ${format(first?.[1] ?? 0)} to ${format(last?.[1] ?? 0)}`;
    });
  return `${title} by ${xLabel}: ${texts.join("; ")}`;
}

function range(values: readonly number[]): readonly [least: number, most: number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return [least, most];
}

function fixed(value: number): string {
  return `${Number(value.toFixed(1))}`;
}
