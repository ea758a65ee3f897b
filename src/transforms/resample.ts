import { blank, type Image } from "./image.ts";

// Resampling as Pillow does it, to the bit: the filter is stretched by the scale where pictures shrink, rows come before
// columns, weights are whole numbers and pixels are rounded to bytes between the two.

export type Interpolation = "nearest" | "bilinear" | "bicubic";

/** Fractional bits of a weight: 8 bits of a pixel and 2 bits for weights outside 0 to 1 remain of 32. */
const bits = 22;

interface Filter {
  /** Zero from here on. */
  readonly support: number;
  readonly at: (x: number) => number;
}

const filters: Readonly<Record<Exclude<Interpolation, "nearest">, Filter>> = {
  bilinear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  // Keys' cubic convolution (1981) with a = -0.5.
  bicubic: {
    support: 2,
    at(x) {
      const d = Math.abs(x);
      if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
      return d < 2 ? (((d - 5) * d + 8) * d - 4) * -0.5 : 0;
    },
  },
};

/** For each place of the result, `taps` weights for the pixels from `first` on. */
interface Taps {
  readonly taps: number;
  readonly first: Int32Array;
  /** `[places, taps]`, 0 beyond the pixels that count. */
  readonly weights: Int32Array;
}

/** `image` at another size. */
export function resample(image: Image, height: number, width: number, interpolation: Interpolation): Image {
  if (height === image.height && width === image.width) return image;
  if (interpolation === "nearest") return pick(image, height, width);
  const wide = width === image.width ? image : alongRows(image, tapsOf(interpolation, image.width, width));
  return height === image.height ? wide : alongColumns(wide, tapsOf(interpolation, image.height, height));
}

function pick(image: Image, height: number, width: number): Image {
  const { data, channels } = image;
  const result = blank(channels, height, width);
  const rows = middles(image.height, height);
  const columns = middles(image.width, width);
  let at = 0;
  for (let channel = 0; channel < channels; channel++)
    for (const row of rows) {
      const start = (channel * image.height + row) * image.width;
      for (const column of columns) result.data[at++] = data[start + column] ?? 0;
    }
  return result;
}

/** The place under the middle of each of `to` places; the steps add up as they do in Pillow. */
function middles(from: number, to: number): Int32Array {
  const scale = from / to;
  let place = scale * 0.5;
  return Int32Array.from({ length: to }, () => {
    const here = Math.min(from - 1, Math.floor(place));
    place += scale;
    return here;
  });
}

function alongRows(image: Image, { taps, first, weights }: Taps): Image {
  const { data, channels, height } = image;
  const result = blank(channels, height, first.length);
  const out = result.data;
  let at = 0;
  for (let row = 0; row < channels * height; row++) {
    const start = row * image.width;
    for (let column = 0; column < first.length; column++) {
      let sum = 1 << (bits - 1);
      let pixel = start + (first[column] ?? 0);
      for (let tap = column * taps; tap < (column + 1) * taps; tap++)
        sum = (sum + Math.imul(weights[tap] ?? 0, data[pixel++] ?? 0)) | 0;
      out[at++] = byte(sum >> bits);
    }
  }
  return result;
}

function alongColumns(image: Image, { taps, first, weights }: Taps): Image {
  const { data, channels, width } = image;
  const result = blank(channels, first.length, width);
  const out = result.data;
  let at = 0;
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < first.length; row++) {
      const start = (channel * image.height + (first[row] ?? 0)) * width;
      for (let column = 0; column < width; column++) {
        let sum = 1 << (bits - 1);
        let pixel = start + column;
        for (let tap = row * taps; tap < (row + 1) * taps; tap++) {
          sum = (sum + Math.imul(weights[tap] ?? 0, data[pixel] ?? 0)) | 0;
          pixel += width;
        }
        out[at++] = byte(sum >> bits);
      }
    }
  return result;
}

function byte(value: number): number {
  return Math.max(0, Math.min(value, 255));
}

const known = new Map<string, Taps>();
/** Weights of so many pairs of sizes are kept; random crops come in some hundred. */
const most = 512;

function tapsOf(interpolation: keyof typeof filters, from: number, to: number): Taps {
  const key = `${interpolation} ${from} ${to}`;
  const found = known.get(key);
  if (found) return found;
  if (known.size >= most) known.clear();
  const made = makeTaps(filters[interpolation], from, to);
  known.set(key, made);
  return made;
}

function makeTaps({ support, at }: Filter, from: number, to: number): Taps {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const reach = support * stretch;
  const windows = Array.from({ length: to }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(from, Math.trunc(centre + reach + 0.5));
    const raw = Array.from({ length: end - first }, (_, i) => at((i + first - centre + 0.5) * (1 / stretch)));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: raw.map((weight) => fixed(weight / total)) };
  });
  const taps = Math.max(...windows.map(({ weights }) => weights.length));
  const result = { taps, first: new Int32Array(to), weights: new Int32Array(to * taps) };
  windows.forEach(({ first, weights }, place) => {
    // The window ends inside the picture: zeros come first where it lies at the end.
    const start = Math.min(first, from - taps);
    result.first[place] = start;
    result.weights.set(weights, place * taps + first - start);
  });
  return result;
}

/** As a whole number of 2^-22, halves away from zero. */
function fixed(weight: number): number {
  return Math.trunc(weight * 2 ** bits + (weight < 0 ? -0.5 : 0.5));
}
