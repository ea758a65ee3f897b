import { ShapeError, UsageError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { nchw } from "../ir/type.ts";
import type { Classifier } from "../nn/classifier.ts";

/** What every model lets its user choose. */
export interface ModelOptions {
  /** How many classes it tells apart. */
  readonly classes?: number;
  /** 1 for grey pictures, 3 for colour. */
  readonly channels?: number;
  /** The side of the square pictures it takes, or [height, width]. */
  readonly size?: Side;
  /** Whether networks that have auxiliary heads for training get them. Default true. */
  readonly auxiliary?: boolean;
  /** Whether networks that drop out in training do. Default true; false makes training a function of its data alone. */
  readonly dropout?: boolean;
}

/** One number for both directions, or [height, width]. */
export type Side = number | readonly [height: number, width: number];

export interface Dimensions {
  readonly classes: number;
  readonly input: readonly [channels: number, height: number, width: number];
}

/** What a model is made for unless told otherwise, and the smallest side that survives its strides. */
export interface Defaults {
  readonly classes: number;
  readonly channels: number;
  readonly size: number;
  readonly least: number;
}

/** The options with the defaults of `model` filled in. Throws `UsageError` for what can't be built. */
export function dimensions(model: string, options: ModelOptions, defaults: Defaults): Dimensions {
  const { classes = defaults.classes, channels = defaults.channels, size = defaults.size } = options;
  expectAtLeast(model, "classes", classes, 1);
  expectAtLeast(model, "channels", channels, 1);
  const [height, width] = typeof size === "number" ? [size, size] : size;
  expectAtLeast(model, "size", height, defaults.least);
  expectAtLeast(model, "size", width, defaults.least);
  return { classes, input: [channels, height, width] };
}

/** Stops tracing with a message about the picture rather than about some layer that runs out of pixels. */
export function expectInput(model: string, x: Value, { input }: Pick<Classifier, "input">): void {
  const [channels, height, width] = input;
  const [h, w] = expectChannels(model, x, channels);
  if (h !== height || w !== width)
    throw new ShapeError(
      model,
      `takes pictures of ${height}x${width}, not ${h}x${w}; the option \`size\` sets it`,
      [x.type],
    );
}

/** The height and width of x, for a model that takes pictures of any size from `least` up. */
export function expectChannels(
  model: string,
  x: Value,
  channels: number,
  least = 1,
): [height: number, width: number] {
  if (x.type.dtype !== "f32" || x.type.shape.length !== 4)
    throw new ShapeError(model, `takes f32[n,${channels},h,w]: n, channels, height, width`, [x.type]);
  const [, c, h, w] = nchw(x.type.shape);
  if (c !== channels)
    throw new ShapeError(
      model,
      `takes pictures of ${channels} channel${channels === 1 ? "" : "s"}, not ${c}; the option \`channels\` sets it`,
      [x.type],
    );
  if (h < least || w < least)
    throw new ShapeError(model, `takes pictures of ${least}x${least} and larger, not ${h}x${w}`, [x.type]);
  return [h, w];
}

/** Throws `UsageError` unless `value` is a whole number and at least `least`. */
export function expectAtLeast(model: string, option: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(`${model}: \`${option}\` must be a whole number from ${least} up, not ${value}`);
}
