import { type Picture, tiles } from "../explain/colours.ts";
import { size, type TensorData } from "../ir/type.ts";
import type { Classifier } from "../nn/classifier.ts";
import { namedTensors } from "../nn/module.ts";

/** What the first layer looks for. */
export interface Filters {
  /** The parameter's path. */
  readonly path: string;
  readonly count: number;
  readonly shown: number;
  /** Side by side; in colours as they are for three channels, else red for and blue against. */
  readonly picture: Picture;
  readonly coloured: boolean;
}

const most = 64;

/**
 * The filters of the first convolution, or of a full connection that reads the picture itself, by the order of the
 * model's tensors. Undefined for a network whose first layer sees single pixels.
 */
export function firstFilters(
  model: Classifier,
  weights: ReadonlyMap<string, TensorData>,
): Filters | undefined {
  for (const [path, { shape }] of namedTensors(model)) {
    const found = weights.get(path);
    const [count = 0, inputs] = shape;
    const filters = shape.length === 4 ? shape : [count, ...model.input];
    const reads = shape.length === 4 || (shape.length === 2 && inputs === size(model.input));
    if (found === undefined || !reads) continue;
    const [, channels = 1, height = 1, width = 1] = filters;
    if (height * width === 1) return undefined;
    const data = Float32Array.from(found.data);
    const coloured = channels === 3;
    const picture = coloured ? inColours(data, filters) : tiles({ shape: filters, data }, most);
    return { path, count, shown: Math.min(count, most), picture, coloured };
  }
  return undefined;
}

/** Filters `[n, 3, h, w]`, each from its least number, dark, to its largest. */
function inColours(data: Float32Array, [count = 0, , height = 1, width = 1]: readonly number[]): Picture {
  const area = height * width;
  const shown = Math.min(count, most);
  const columns = Math.ceil(Math.sqrt(shown));
  const rows = Math.ceil(shown / columns);
  const wide = columns * (width + 1) - 1;
  const tall = rows * (height + 1) - 1;
  const rgb = new Uint8Array(3 * wide * tall).fill(255);
  for (let filter = 0; filter < shown; filter++) {
    const values = data.subarray(3 * filter * area, 3 * (filter + 1) * area);
    const least = Math.min(...values);
    const range = Math.max(...values) - least || 1;
    const top = Math.floor(filter / columns) * (height + 1);
    const left = (filter % columns) * (width + 1);
    values.forEach((value, index) => {
      const [colour, at] = [Math.floor(index / area), index % area];
      const place = (top + Math.floor(at / width)) * wide + left + (at % width);
      rgb[3 * place + colour] = Math.round((255 * (value - least)) / range);
    });
  }
  return { width: wide, height: tall, rgb };
}
