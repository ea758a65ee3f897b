import type { Planes } from "./compute.ts";
import type { Settings } from "./settings.ts";

export type Rgb = readonly [red: number, green: number, blue: number];

/** How numbers become colours: from 0 to `most` for pictures, from -most to most for signed ones. */
export interface Scale {
  readonly kind: "picture" | "signed";
  readonly least: number;
  readonly most: number;
}

/** 511 colours from the least number to the largest; the middle one is zero's, the page's own paper. */
export function signedTable(negative: Rgb, zero: Rgb, positive: Rgb): Uint8ClampedArray {
  const table = new Uint8ClampedArray(511 * 3);
  for (let index = 0; index < 511; index++) {
    const share = Math.abs(index - 255) / 255;
    const end = index < 255 ? negative : positive;
    zero.forEach((from, channel) => {
      table[3 * index + channel] = from + ((end[channel] ?? 0) - from) * share;
    });
  }
  return table;
}

/** The colours of a result: zero in the middle, as a picture, or from its least number to its largest. */
export function scaleOf({ data }: Planes, appearance: Settings["appearance"], white: number): Scale {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (appearance === "clipped" || data.length === 0) return { kind: "picture", least: 0, most: white };
  if (appearance === "stretched") return { kind: "picture", least, most: most > least ? most : least + 1 };
  const range = Math.max(Math.abs(least), Math.abs(most)) || 1;
  return { kind: "signed", least: -range, most: range };
}

/** Writes planes as pixels: three as red, green and blue, one in grey or by `table`. */
export function paint(
  { channels, height, width, data }: Planes,
  { kind, least, most }: Scale,
  table: Uint8ClampedArray,
  pixels: Uint8ClampedArray,
): void {
  const size = height * width;
  const span = most - least;
  for (let at = 0; at < size; at++) {
    pixels[4 * at + 3] = 255;
    const share = ((data[at] ?? 0) - least) / span;
    const entry = 3 * Math.round(510 * Math.min(1, Math.max(0, share)));
    for (let channel = 0; channel < 3; channel++) {
      const grey = channels === 3 ? ((data[channel * size + at] ?? 0) - least) / span : share;
      pixels[4 * at + channel] = kind === "signed" ? (table[entry + channel] ?? 0) : 255 * grey;
    }
  }
}

/** Whether black is read better than white on a colour: by its relative luminance. */
export function isLight(red: number, green: number, blue: number): boolean {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) > 0.179;
}

function linear(byte: number): number {
  return (byte / 255) ** 2.2;
}
