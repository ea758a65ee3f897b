import { ShapeError, UsageError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import type { Classifier } from "../nn/classifier.ts";

/** What every model lets its user choose. */
export interface ModelOptions {
  /** How many classes it tells apart. */
  readonly classes?: number;
  /** 1 for grey pictures, 3 for colour. */
  readonly channels?: number;
  /** The side of the square pictures it takes, or [height, width]. */
  readonly size?: Side;
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
  if (x.type.dtype !== "f32" || x.type.shape.length !== 4 || x.type.shape.slice(1).join() !== input.join())
    throw new ShapeError(model, `takes f32[n,${input.join(",")}]: n, channels, height, width`, [x.type]);
}

/** The same for a model that takes pictures of any size from `least` x `least` up. */
export function expectChannels(model: string, x: Value, channels: number, least: number): void {
  const [, c = 0, height = 0, width = 0] = x.type.shape;
  if (x.type.dtype !== "f32" || x.type.shape.length !== 4 || c !== channels)
    throw new ShapeError(model, `takes f32[n,${channels},h,w]: n, channels, height, width`, [x.type]);
  if (height < least || width < least)
    throw new ShapeError(model, `takes pictures from ${least}x${least} up, not ${height}x${width}`, [x.type]);
}

function expectAtLeast(model: string, option: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(`${model}: \`${option}\` must be a whole number from ${least} up, not ${value}`);
}
