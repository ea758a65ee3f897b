import type { Normalization } from "../nn/classifier.ts";
import type { Attribution } from "./attribution.ts";

/** A picture to look at: red, green and blue, 0 to 255, pixel after pixel, row after row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

type Colour = readonly [red: number, green: number, blue: number];

// From dark violet over red to light yellow: ordered by lightness, so that it reads in grey as well.
const heat: readonly Colour[] = [
  [13, 8, 40],
  [87, 16, 110],
  [188, 55, 84],
  [249, 142, 9],
  [252, 255, 164],
];
// Against, neither, for.
const signed: readonly Colour[] = [
  [33, 102, 172],
  [247, 247, 247],
  [178, 24, 43],
];

/** What the network reads, f32 `[c, h, w]`, as it looks: with the normalisation undone. */
export function pictureOf(
  x: Float32Array,
  [channels, height, width]: readonly [channels: number, height: number, width: number],
  { mean, std }: Normalization,
): Picture {
  const area = height * width;
  const rgb = new Uint8Array(3 * area);
  for (let at = 0; at < area; at++)
    for (let colour = 0; colour < 3; colour++) {
      // One channel is grey; of more than three the first three show.
      const channel = Math.min(colour, channels - 1);
      const value =
        (x[channel * area + at] ?? 0) * (std[channel] ?? std[0] ?? 1) + (mean[channel] ?? mean[0] ?? 0);
      rgb[3 * at + colour] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
  return { width, height, rgb };
}

/** A map `[h, w]` in colours: from 0 to its largest, or where it has negative numbers, around 0. */
export function colourMap({ shape, data }: Pick<Attribution, "shape" | "data">): Picture {
  const [height = 1, width = 1] = shape;
  const limit = strong(data);
  const isSigned = data.some((value) => value < 0);
  const rgb = new Uint8Array(3 * data.length);
  data.forEach((value, at) => {
    const share = limit === 0 ? 0 : Math.min(1, Math.max(-1, value / limit));
    rgb.set(isSigned ? between(signed, (share + 1) / 2) : between(heat, share), 3 * at);
  });
  return { width, height, rgb };
}

/** A map over a picture of its size: the stronger, the less of the picture shows. */
export function overlay(picture: Picture, map: Pick<Attribution, "shape" | "data">): Picture {
  const colours = colourMap(map);
  const limit = strong(map.data);
  const isSigned = map.data.some((value) => value < 0);
  const rgb = picture.rgb.map((value, index) => {
    const grey = Math.round(0.6 * value + 60);
    const strength = limit === 0 ? 0 : Math.min(1, Math.abs(map.data[Math.floor(index / 3)] ?? 0) / limit);
    const share = (isSigned ? 0 : 0.15) + 0.7 * strength;
    return Math.round((1 - share) * grey + share * (colours.rgb[index] ?? 0));
  });
  return { ...picture, rgb };
}

/** Maps `[n, h, w]`, or of filters `[n, c, h, w]` each channel's mean, side by side in a square, each by its own range. */
export function tiles({ shape, data }: Pick<Attribution, "shape" | "data">, most = 64): Picture {
  const [count = 1] = shape;
  const [height = 1, width = 1] = shape.slice(-2);
  const area = height * width;
  const channels = data.length / count / area;
  const shown = Array.from({ length: Math.min(count, most) }, (_, tile) => {
    const map = new Float32Array(area);
    for (let i = 0; i < channels * area; i++)
      map[i % area] = (map[i % area] ?? 0) + (data[tile * channels * area + i] ?? 0) / channels;
    return colourMap({ shape: [height, width], data: map });
  });
  return sideBySide(shown);
}

/** Numbers of a vector as a map: in rows of about as many as there are rows, what is over is 0. */
export function squareOf(data: Float32Array): {
  readonly shape: readonly number[];
  readonly data: Float32Array;
} {
  const columns = Math.ceil(Math.sqrt(data.length));
  const rows = Math.ceil(data.length / columns);
  const map = new Float32Array(rows * columns);
  map.set(data);
  return { shape: [rows, columns], data: map };
}

/** Pictures in a square with white lines between them, each at the top left of a place as large as the largest. */
export function sideBySide(pictures: readonly Picture[]): Picture {
  const columns = Math.max(1, Math.ceil(Math.sqrt(pictures.length)));
  const rows = Math.max(1, Math.ceil(pictures.length / columns));
  const wide = 1 + Math.max(1, ...pictures.map(({ width }) => width));
  const high = 1 + Math.max(1, ...pictures.map(({ height }) => height));
  const width = columns * wide - 1;
  const height = rows * high - 1;
  const rgb = new Uint8Array(3 * width * height).fill(255);
  pictures.forEach((picture, place) => {
    const top = Math.floor(place / columns) * high;
    const left = (place % columns) * wide;
    for (let row = 0; row < picture.height; row++)
      rgb.set(
        picture.rgb.subarray(3 * row * picture.width, 3 * (row + 1) * picture.width),
        3 * ((top + row) * width + left),
      );
  });
  return { width, height, rgb };
}

/** A part of a picture, as large as it is. */
export function cropOf(
  { width, rgb }: Picture,
  {
    top,
    left,
    bottom,
    right,
  }: { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number },
): Picture {
  const [wide, high] = [right - left + 1, bottom - top + 1];
  const part = new Uint8Array(3 * wide * high);
  for (let row = 0; row < high; row++) {
    const from = 3 * ((top + row) * width + left);
    part.set(rgb.subarray(from, from + 3 * wide), 3 * row * wide);
  }
  return { width: wide, height: high, rgb: part };
}

/** The 99.5th percentile of the magnitudes: single pixels must not darken all others. */
function strong(data: Float32Array): number {
  const sorted = data.map(Math.abs).sort();
  return sorted[Math.floor(0.995 * (sorted.length - 1))] || (sorted.at(-1) ?? 0);
}

function between(colours: readonly Colour[], share: number): Colour {
  const at = share * (colours.length - 1);
  const first = Math.min(colours.length - 2, Math.floor(at));
  const [from, to] = [colours[first], colours[first + 1]];
  const mix = (i: 0 | 1 | 2) =>
    Math.round((from?.[i] ?? 0) + (at - first) * ((to?.[i] ?? 0) - (from?.[i] ?? 0)));
  return [mix(0), mix(1), mix(2)];
}
