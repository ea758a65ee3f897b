/** A window that moves over a picture, by the same rule in both directions. */
export interface Geometry {
  readonly kernel: number;
  readonly stride: number;
  /**
   * Zeros on every side, or "same": as many as give ceil(extent / stride) results, an odd one at the end (TensorFlow's
   * SAME, and the library's).
   */
  readonly padding: number | "same";
  readonly dilation: number;
  /** Rounds the number of windows up: poolings only. */
  readonly ceil: boolean;
}

/** The window along one axis. Tap t of window i reads position `i * stride - before + t * dilation`. */
export interface Axis extends Omit<Geometry, "padding" | "ceil"> {
  readonly extent: number;
  readonly before: number;
  readonly after: number;
  /** From the first tap to the last, both included. */
  readonly reach: number;
  /** How many windows there are: 0 where none fits. */
  readonly count: number;
  /** How far the last window reaches beyond the padding, which only rounding up lets it. */
  readonly beyond: number;
  /** Positions at the end, padding included, that come after the last window. */
  readonly rest: number;
}

export function axisOf(extent: number, { kernel, stride, padding, dilation, ceil }: Geometry): Axis {
  const reach = (kernel - 1) * dilation + 1;
  const wanted = Math.max(0, (Math.ceil(extent / stride) - 1) * stride + reach - extent);
  const before = padding === "same" ? Math.floor(wanted / 2) : padding;
  const after = padding === "same" ? Math.ceil(wanted / 2) : padding;
  const count = windows(extent + before, after, reach, stride, ceil);
  const over = count === 0 ? 0 : (count - 1) * stride + reach - (extent + before + after);
  return {
    ...{ kernel, stride, dilation, extent, before, after, reach, count },
    beyond: Math.max(0, over),
    rest: Math.max(0, -over),
  };
}

/** With `ceil`, a window that would start beyond the picture and its leading padding is dropped. */
function windows(leading: number, after: number, reach: number, stride: number, ceil: boolean): number {
  const steps = (leading + after - reach) / stride;
  if (!ceil) return Math.max(0, Math.floor(steps) + 1);
  if (steps <= -1) return 0;
  const count = Math.ceil(steps) + 1;
  return (count - 1) * stride >= leading ? count - 1 : count;
}

/** The fraction in the formula of the size: how often the window can step on, before rounding. */
export function stepsOf({ extent, before, after, reach, stride }: Axis): number {
  return (extent + before + after - reach) / stride;
}

/** Why no window moves along this axis, and what helps. */
export function problemOf(axis: Axis, pooling: boolean): string | undefined {
  const { kernel, dilation, before, after, extent, reach, count } = axis;
  const padding = Math.max(before, after);
  if (pooling && padding >= kernel)
    return `Padding ${padding} leaves windows of ${kernel} × ${kernel} without a pixel: for a pooling it must be smaller than the window.`;
  if (count > 0) return undefined;
  const window = dilation > 1 ? `${kernel} taps with dilation ${dilation} span` : "The window spans";
  const room = padding > 0 ? `${extent} of the picture and ${before} + ${after} of padding` : `${extent}`;
  return `${window} ${reach} pixels, and there are ${room}. Take a smaller kernel or dilation, more padding, or a larger picture.`;
}

/** Where window `index` begins: negative in the padding before the picture. */
export function start(axis: Axis, index: number): number {
  return index * axis.stride - axis.before;
}

/** The windows that read a position, in order. */
export function readers(axis: Axis, position: number): readonly number[] {
  const found: number[] = [];
  for (let index = 0; index < axis.count; index++) if (reads(axis, index, position)) found.push(index);
  return found;
}

/** Whether one of the window's taps is at `position`. */
export function reads(axis: Axis, index: number, position: number): boolean {
  const offset = position - start(axis, index);
  return offset >= 0 && offset < axis.reach && offset % axis.dilation === 0;
}

/** The middle of a window, between two positions if its reach is even. */
export function middleOf(axis: Axis, index: number): number {
  return start(axis, index) + (axis.reach - 1) / 2;
}

/** The window whose middle is nearest to a position. */
export function nearest(axis: Axis, position: number): number {
  const index = Math.round((position - middleOf(axis, 0)) / axis.stride);
  return Math.min(axis.count - 1, Math.max(0, index));
}
