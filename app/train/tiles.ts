import type { Classifier, TensorData } from "convnets";
import { colourMap } from "convnets/explain";

/** Maps of one size in colours, ready for canvases: `count` pictures RGBA `[height, width]`, one behind the other. */
export interface Tiles {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** How many maps there are in all; more than a page has room for are left out. */
  readonly of: number;
}

/** Maps `[n, h, w]`, each by its own range; of vectors `[n]`, one map with a pixel an element. */
export function tilesOf({ shape, data }: MapData, most = 32): Tiles {
  const [of, height, width] = shape.length < 3 ? strip(data.length) : spatial(shape);
  const count = Math.min(of, most);
  const area = height * width;
  const pixels = new Uint8ClampedArray(4 * count * area);
  for (let tile = 0; tile < count; tile++) {
    const map = new Float32Array(area);
    map.set(data.subarray(tile * area, (tile + 1) * area));
    paint(pixels, tile * area, colourMap({ shape: [height, width], data: map }).rgb);
  }
  return { count, height, width, pixels, of };
}

export interface MapData {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Filters `[n, c, h, w]`: of three channels as colours around grey, of others the mean of their channels. */
export function filterTiles({ shape, data }: MapData, most = 64): Tiles {
  const [n = 1, channels = 1, height = 1, width = 1] = shape;
  const area = height * width;
  if (channels === 3) return colourFilters(data, { n, height, width, most });
  const means = new Float32Array(n * area);
  for (let i = 0; i < data.length; i++) {
    const at = Math.floor(i / (channels * area)) * area + (i % area);
    means[at] = (means[at] ?? 0) + (data[i] ?? 0) / channels;
  }
  return tilesOf({ shape: [n, height, width], data: means }, most);
}

/** Filters that see colours, as these: 0 is grey, the largest weight of a filter full. */
function colourFilters(
  data: Float32Array,
  { n, height, width, most }: { n: number; height: number; width: number; most: number },
): Tiles {
  const count = Math.min(n, most);
  const area = height * width;
  const pixels = new Uint8ClampedArray(4 * count * area);
  for (let tile = 0; tile < count; tile++) {
    const filter = data.subarray(3 * tile * area, 3 * (tile + 1) * area);
    const limit = filter.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0) || 1;
    for (let at = 0; at < area; at++)
      for (let channel = 0; channel < 4; channel++)
        pixels[4 * (tile * area + at) + channel] =
          channel === 3 ? 255 : 127.5 * (1 + (filter[channel * area + at] ?? 0) / limit);
  }
  return { count, height, width, pixels, of: n };
}

/** Pictures u8 `[n, c, h, w]` as they look: of one channel grey, else by their first three. */
export function pictureTiles(images: Uint8Array, [channels, height, width]: Classifier["input"]): Tiles {
  const area = height * width;
  const count = images.length / (channels * area);
  const pixels = new Uint8ClampedArray(4 * count * area);
  for (let tile = 0; tile < count; tile++)
    for (let at = 0; at < area; at++) {
      for (let colour = 0; colour < 3; colour++) {
        const channel = Math.min(colour, channels - 1);
        pixels[4 * (tile * area + at) + colour] = images[(tile * channels + channel) * area + at] ?? 0;
      }
      pixels[4 * (tile * area + at) + 3] = 255;
    }
  return { count, height, width, pixels, of: count };
}

/**
 * The weights that see the picture itself: those of the first convolution, or of a first full connection, whose rows are
 * as many pictures of what each unit looks for. `[n, c, h, w]`
 */
export function firstFilters(
  { input }: Pick<Classifier, "input">,
  weights: ReadonlyMap<string, TensorData>,
): MapData | undefined {
  const pixels = input[0] * input[1] * input[2];
  for (const { shape, data } of weights.values()) {
    if (!(data instanceof Float32Array)) continue;
    const [n = 0, inputs = 0] = shape;
    if (shape.length === 4) return { shape, data };
    if (shape.length === 2 && inputs === pixels) return { shape: [n, ...input], data };
  }
  return undefined;
}

function paint(pixels: Uint8ClampedArray, first: number, rgb: Uint8Array): void {
  for (let at = 0; 3 * at < rgb.length; at++) {
    for (let colour = 0; colour < 3; colour++) pixels[4 * (first + at) + colour] = rgb[3 * at + colour] ?? 0;
    pixels[4 * (first + at) + 3] = 255;
  }
}

/** A map for a vector: as square as may be, the rest of the last row 0. */
function strip(length: number): [count: number, height: number, width: number] {
  const width = length <= 16 ? length : Math.ceil(Math.sqrt(2 * length));
  return [1, Math.ceil(length / width), width];
}

function spatial([count = 1, height = 1, width = 1]: readonly number[]): [number, number, number] {
  return [count, height, width];
}
