import { percent } from "../report/numbers.ts";
import type { EpochScore } from "../train/checkpoint.ts";

const height = 4;
const width = 27;
const blocks = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** Loss and top-1 over the epochs, side by side within 80 columns; nothing for less than two epochs. */
export function curves(scores: readonly EpochScore[]): string[] {
  if (scores.length < 2) return [];
  const epochs = `epochs 1 to ${scores.length}`;
  const loss = plot(
    scores.map(({ loss }) => loss),
    (value) => value.toFixed(4),
  );
  const top1 = plot(
    scores.map(({ top1 }) => top1),
    (value) => percent(value),
  );
  const room = Math.max(...loss.map((line) => line.length));
  const titles = `${`loss, ${epochs}`.padEnd(room)}  top-1, ${epochs}`;
  return ["", titles, ...loss.map((line, row) => `${line.padEnd(room)}  ${top1[row] ?? ""}`.trimEnd())];
}

/** Columns from the least value, the lowest block, to the greatest, with both written beside. */
function plot(values: readonly number[], written: (value: number) => string): string[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const labels = [written(most), written(least)] as const;
  const margin = Math.max(...labels.map((label) => label.length));
  const steps = height * (blocks.length - 1);
  // Eighths of a line, 1 or more.
  const bars = spread(values).map((value) =>
    most === least ? 1 : 1 + Math.round(((value - least) / (most - least)) * (steps - 1)),
  );
  return Array.from({ length: height }, (_, row) => {
    const below = (height - 1 - row) * (blocks.length - 1);
    const label = row === 0 ? labels[0] : row === height - 1 ? labels[1] : "";
    const cells = bars.map((bar) => blocks[Math.max(0, Math.min(bar - below, blocks.length - 1))] ?? "");
    return `${label.padStart(margin)} ${cells.join("")}`.trimEnd();
  });
}

/** As many values as there are columns, or fewer: each repeated, or the means of as many neighbours as a column has. */
function spread(values: readonly number[]): readonly number[] {
  const wide = Math.floor(width / values.length);
  if (wide >= 1) return values.flatMap((value) => new Array<number>(wide).fill(value));
  return Array.from({ length: width }, (_, column) => {
    const start = Math.floor((column * values.length) / width);
    const part = values.slice(start, Math.floor(((column + 1) * values.length) / width));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
