import type { Graph, Node, Value } from "../ir/graph.ts";
import { adaptiveWindow } from "../ops/adaptivePool.ts";
import type { ConvAttrs } from "../ops/conv.ts";
import { asTyped } from "../ops/index.ts";
import type { PoolAttrs } from "../ops/pool.ts";

/** What a convolution or a pooling slides over its input. */
export interface Window {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: ConvAttrs["stride"];
  readonly padding: ConvAttrs["padding"];
  readonly dilation: ConvAttrs["dilation"];
  readonly groups: number;
}

/** The region of the input that an element depends on, and how far the regions of two neighbours lie apart. */
export interface ReceptiveField {
  readonly size: readonly [height: number, width: number];
  readonly step: readonly [vertical: number, horizontal: number];
  /** Where the first element's region begins; below 0 where it reaches into padding. */
  readonly start: readonly [row: number, column: number];
}

/**
 * The receptive field of every value that depends on an input, the largest over all ways that lead to it.
 * A map that is flattened counts as a whole, since what follows reads all of it.
 */
export function receptiveFields(graph: Graph): ReadonlyMap<Value, ReceptiveField> {
  const fields = new Map<Value, ReceptiveField>();
  for (const input of graph.inputs) fields.set(input, { size: [1, 1], step: [1, 1], start: [0, 0] });
  for (const node of graph.nodes) {
    const before = node.inputs.flatMap((input) => fields.get(input) ?? []);
    if (before.length === 0) continue;
    const [height, width, vertical, horizontal] = reach(node);
    const { stride } = windowOf(node) ?? { stride: [1, 1] };
    const [above, left] = inFront(node);
    const largest = (of: (field: ReceptiveField) => number) => Math.max(...before.map(of));
    const field: ReceptiveField = {
      size: [
        largest(({ size, step }) => size[0] + (height - 1) * vertical * step[0]),
        largest(({ size, step }) => size[1] + (width - 1) * horizontal * step[1]),
      ],
      step: [largest(({ step }) => step[0]) * stride[0], largest(({ step }) => step[1]) * stride[1]],
      start: [
        Math.min(...before.map(({ start, step }) => start[0] - above * step[0])),
        Math.min(...before.map(({ start, step }) => start[1] - left * step[1])),
      ],
    };
    for (const result of node.results) fields.set(result, field);
  }
  return fields;
}

/** The window of a convolution or a pooling; of adaptive pooling's windows the largest, at their largest distance. */
export function windowOf(node: Node): Window | undefined {
  const typed = asTyped(node);
  if (typed.op === "adaptiveAvgPool2d") {
    const [, , h = 1, w = 1] = node.inputs[0]?.type.shape ?? [];
    const rows = widestWindow(typed.attrs.height, h);
    const columns = widestWindow(typed.attrs.width, w);
    return {
      kernel: [rows.extent, columns.extent],
      stride: [rows.step, columns.step],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      groups: 1,
    };
  }
  const { attrs, inputs } = node;
  if (!slides(attrs)) return undefined;
  if ("kernel" in attrs) return { ...attrs, dilation: [1, 1], groups: 1 };
  const [, , height = 1, width = 1] = inputs[1]?.type.shape ?? [];
  return { ...attrs, kernel: [height, width] };
}

/** `3x3/2 p1`: what is usual (stride 1, no padding, no dilation, one group) is left out. */
export function formatWindow(node: Node): string {
  const window = windowOf(node);
  if (window === undefined) return "";
  const { kernel, stride, padding, dilation, groups } = window;
  const parts = [`${kernel.join("x")}${every(stride, 1) ? "" : `/${brief(stride)}`}`];
  if (!every(padding, 0)) parts.push(`p${brief(padding)}`);
  if (!every(dilation, 1)) parts.push(`d${brief(dilation)}`);
  if (groups !== 1) parts.push(`g${groups}`);
  return parts.join(" ");
}

/** Extent and dilation of what an element of the result reads. */
function reach(node: Node): readonly [height: number, width: number, vertical: number, horizontal: number] {
  const window = windowOf(node);
  if (window !== undefined) return [...window.kernel, ...window.dilation];
  const [, , height = 1, width = 1] = node.inputs[0]?.type.shape ?? [];
  const flattens = node.inputs[0]?.type.shape.length === 4 && node.results[0]?.type.shape.length === 2;
  return flattens ? [height, width, 1, 1] : [1, 1, 1, 1];
}

/** How many positions are put in front of the operand's first, in each direction; below 0 where some are left out. */
function inFront(node: Node): readonly [above: number, left: number] {
  const typed = asTyped(node);
  if (typed.op === "pad") return [typed.attrs.before[2] ?? 0, typed.attrs.before[3] ?? 0];
  if (typed.op === "slice")
    return [typed.attrs.axis === 2 ? -typed.attrs.start : 0, typed.attrs.axis === 3 ? -typed.attrs.start : 0];
  const [above = 0, left = 0] = windowOf(node)?.padding ?? [];
  return [above, left];
}

/** Of the `count` windows that adaptive pooling shares an axis out to. */
function widestWindow(count: number, extent: number): { readonly extent: number; readonly step: number } {
  const windows = Array.from({ length: count }, (_, index) => adaptiveWindow(index, count, extent));
  return {
    extent: Math.max(...windows.map(([first, end]) => end - first)),
    step: Math.max(1, ...windows.map(([first], index) => first - (windows[index - 1]?.[0] ?? 0))),
  };
}

// Convolutions and poolings are the ops with these attributes, and no others have them.
function slides(attrs: object): attrs is ConvAttrs | PoolAttrs {
  return "stride" in attrs && "padding" in attrs;
}

function every(numbers: readonly number[], value: number): boolean {
  return numbers.every((n) => n === value);
}

/** One number for all, [vertical, horizontal] where opposite sides agree, or else every number. */
function brief(numbers: readonly number[]): string {
  const [first, second, ...opposite] = numbers;
  if (numbers.every((n) => n === first)) return `${first}`;
  const agree = opposite.every((n, index) => n === numbers[index]);
  return agree ? `${first},${second}` : numbers.join(",");
}
