import type { Picture } from "../../explain/colours.ts";
import { colourMap } from "../../explain/colours.ts";
import { type Html, html } from "../html.ts";
import type { Palette } from "./palette.ts";

export type Confusion = readonly (readonly number[])[];

export interface Mistake {
  readonly label: number;
  readonly chosen: number;
  readonly count: number;
  /** Of all samples of the label. */
  readonly share: number;
}

/** The pairs of a label and a wrong answer, the most frequent first. */
export function mistakes(confusion: Confusion, most: number): readonly Mistake[] {
  return confusion
    .flatMap((row, label) =>
      row.map((count, chosen) => ({ label, chosen, count, share: shareOf(row, count) })),
    )
    .filter(({ label, chosen, count }) => label !== chosen && count > 0)
    .sort((a, b) => b.count - a.count || b.share - a.share)
    .slice(0, most);
}

/** A pixel a cell: the share of the row's samples, by its root, so that single mistakes show. */
export function confusionPicture(confusion: Confusion): Picture {
  const data = Float32Array.from(confusion.flatMap((row) => row.map((n) => Math.sqrt(shareOf(row, n)))));
  return colourMap({ shape: [confusion.length, confusion.length], data });
}

/** The share of `count` in a row; 0 in an empty one. */
export function shareOf(row: readonly number[], count: number): number {
  const total = row.reduce((sum, n) => sum + n, 0);
  return total === 0 ? 0 : count / total;
}

const cell = 34;
const longestName = 16;

/** The matrix as a drawing with its numbers, for a file. */
export function confusionDrawing(confusion: Confusion, classes: readonly string[], palette: Palette): Html {
  const names = classes.map((name) =>
    name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name,
  );
  const nameSpace = 28 + 7 * Math.max(...names.map((name) => name.length));
  const side = nameSpace + cell * confusion.length + 12;
  const middle = (index: number) => nameSpace + cell * (index + 0.5);
  const cells = confusion.flatMap((row, label) =>
    row.map((count, chosen) => {
      const share = shareOf(row, count);
      const colour = count === 0 ? palette.grid : (palette.series[label === chosen ? 0 : 1] ?? palette.ink);
      const ink = share > 0.5 ? palette.paper : palette.ink;
      return html`<rect x="${nameSpace + cell * chosen}" y="${nameSpace + cell * label}" width="${cell - 1}" height="${cell - 1}" fill="${colour}" fill-opacity="${(count === 0 ? 0.35 : 0.1 + 0.9 * share).toFixed(3)}"/>${count === 0 ? [] : html`<text x="${middle(chosen)}" y="${middle(label) + 4}" text-anchor="middle" fill="${ink}">${count}</text>`}`;
    }),
  );
  const titles = names.map(
    (name, index) =>
      html`<text x="${nameSpace - 8}" y="${middle(index) + 4}" text-anchor="end">${name}</text><text transform="translate(${middle(index) + 4} ${nameSpace - 8}) rotate(-90)">${name}</text>`,
  );
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 ${side} ${side}" role="img" aria-label="Confusion matrix: a row a true class, a column an answer" font-family="system-ui, sans-serif" font-size="12" fill="${palette.ink}"><rect width="${side}" height="${side}" fill="${palette.paper}"/>${titles}${cells}</svg>`;
}
