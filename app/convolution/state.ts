import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { scaleOf } from "./colours.ts";
import { apply, type Operation, type Planes, type Tap, tapsAt } from "./compute.ts";
import type { Bytes } from "./drawn.ts";
import { type Axis, axisOf, type Geometry, middleOf, nearest, problemOf, start } from "./geometry.ts";
import type { Cell, Sheet } from "./grid.ts";
import { planesOf } from "./planes.ts";
import { initial, kernelNumbers, type Settings } from "./settings.ts";

// What the page shows, from what the reader set: each value follows from the ones above it.

export const settings: Signal<Settings> = signal(initial);

export function change(part: Partial<Settings>): void {
  settings.value = { ...settings.value, ...part };
}

/** The picture's bytes: black, until there is one. */
export const bytes: Signal<Bytes> = signal({ channels: 1, height: 28, width: 28, data: new Uint8Array(784) });

export const x: ReadonlySignal<Planes> = computed(() =>
  planesOf(bytes.value, settings.value.channels, settings.value.white),
);

export const pooling: ReadonlySignal<boolean> = computed(() => settings.value.operation !== "convolution");

export const geometry: ReadonlySignal<Geometry> = computed(() => {
  const { size, stride, padding, dilation, ceil } = settings.value;
  return pooling.value
    ? { kernel: size, stride, padding, dilation: 1, ceil }
    : { kernel: size, stride, padding, dilation, ceil: false };
});

export const rows: ReadonlySignal<Axis> = computed(() => axisOf(x.value.height, geometry.value));
export const columns: ReadonlySignal<Axis> = computed(() => axisOf(x.value.width, geometry.value));

export const problem: ReadonlySignal<string | undefined> = computed(
  () => problemOf(rows.value, pooling.value) ?? problemOf(columns.value, pooling.value),
);

/** The kernel as the library would hold it: `[channels, size, size]`. */
export const kernel: ReadonlySignal<Float32Array> = computed(() =>
  Float32Array.from(kernelNumbers(settings.value, x.value.channels)),
);

export const operation: ReadonlySignal<Operation> = computed(() => {
  const { operation: kind, bias, relu, countPadding } = settings.value;
  if (kind === "convolution") return { kind, weight: kernel.value, bias, relu };
  return kind === "max" ? { kind } : { kind, countPadding };
});

/** The result; empty where no window fits. */
export const y: ReadonlySignal<Planes> = computed(() =>
  problem.value === undefined
    ? apply(x.value, operation.value, rows.value, columns.value)
    : { channels: 1, height: 0, width: 0, data: new Float32Array() },
);

export const inputSheet: ReadonlySignal<Sheet> = computed(() => ({
  planes: x.value,
  scale: { kind: "picture", least: 0, most: settings.value.white },
  before: [rows.value.before, columns.value.before],
  after: [rows.value.after, columns.value.after],
  beyond: [rows.value.beyond, columns.value.beyond],
}));

export const outputSheet: ReadonlySignal<Sheet> = computed(() => ({
  planes: y.value,
  scale: scaleOf(y.value, pooling.value ? "clipped" : settings.value.appearance, settings.value.white),
  before: [0, 0],
  after: [0, 0],
  beyond: [0, 0],
}));

/** Which window: row by row. */
export const position: Signal<number> = signal(0);

/** How many windows there are. */
export const count: ReadonlySignal<number> = computed(() => y.value.height * y.value.width);

/** What the reader points at. */
export const hovered: Signal<{ readonly where: "input" | "output"; readonly cell: Cell } | undefined> =
  signal(undefined);

/** The window that is looked at: the one pointed at, or else the one reached. */
export const looked: ReadonlySignal<number> = computed(() => {
  const { where, cell } = hovered.value ?? {};
  if (where === "output" && cell && cell.row < y.value.height && cell.column < y.value.width)
    return cell.row * y.value.width + cell.column;
  return Math.max(0, Math.min(position.value, count.value - 1));
});

/** What that window reads, channel by channel. */
export const taps: ReadonlySignal<readonly (readonly Tap[])[]> = computed(() =>
  Array.from({ length: count.value === 0 ? 0 : x.value.channels }, (_, channel) =>
    tapsAt(x.value, channel, rows.value, columns.value, rowOf(looked.value), columnOf(looked.value)),
  ),
);

// The window stays over its part of the picture when it gets another size or step: `held` is the pixel in its middle.
let held: Cell | undefined;
let settled = position.peek();
effect(() => {
  const index = position.value;
  if (index === settled || count.peek() === 0) return;
  held = { row: middleOf(rows.peek(), rowOf(index)), column: middleOf(columns.peek(), columnOf(index)) };
});
effect(() => {
  if (count.value === 0) return;
  const { row, column } = held ?? { row: (x.value.height - 1) / 2, column: (x.value.width - 1) / 2 };
  settled = nearest(rows.value, row) * y.value.width + nearest(columns.value, column);
  position.value = settled;
});

/** The window in the middle of the picture. */
export function middle(): Cell {
  const { height, width } = x.peek();
  return { row: nearest(rows.peek(), (height - 1) / 2), column: nearest(columns.peek(), (width - 1) / 2) };
}

/** Moves the window, within the result. */
export function moveTo(row: number, column: number): void {
  const { height, width } = y.value;
  const [inside, across] = [within(row, height), within(column, width)];
  batch(() => {
    hovered.value = undefined;
    position.value = inside * width + across;
  });
}

export function rowOf(index: number): number {
  return Math.floor(index / Math.max(1, y.value.width));
}

export function columnOf(index: number): number {
  return index % Math.max(1, y.value.width);
}

/** The input cell at the window's first tap. */
export function cornerOf(index: number): Cell {
  return { row: start(rows.value, rowOf(index)), column: start(columns.value, columnOf(index)) };
}

function within(index: number, extent: number): number {
  return Math.max(0, Math.min(extent - 1, index));
}
