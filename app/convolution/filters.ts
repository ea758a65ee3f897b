import { f32, Trace } from "convnets";
import type { OpenedNetwork } from "../networks/open.ts";
import { kernelSizes } from "./kernels.ts";

/** What the first convolution of a network has learned. */
export interface Filters {
  /** The convolution's path. */
  readonly path: string;
  readonly count: number;
  readonly channels: number;
  readonly size: number;
  /** `[count, channels, size, size]` */
  readonly weights: Float32Array;
  /** `[count]`; zeros where it has none. */
  readonly bias: Float32Array;
}

/** The filters of the convolution that comes first. Throws an `Error` for those that have no place on this page. */
export function firstFilters({ model, weights }: Pick<OpenedNetwork, "model" | "weights">): Filters {
  const trace = new Trace(model, { training: false });
  trace.graph.output("y", trace.call(model, trace.graph.input("picture", f32(1, ...model.input))));
  const convolution = trace.graph.finish().nodes.find(({ op }) => op === "conv2d");
  const source = convolution?.inputs[1]?.source;
  if (source?.kind !== "state") throw new Error("It has no convolution, so no filters.");
  const tensor = weights.get(source.name);
  const [count = 0, channels = 0, size = 0, width] = tensor?.shape ?? [];
  const known: readonly number[] = kernelSizes;
  if (!(tensor?.data instanceof Float32Array) || width !== size || !known.includes(size))
    throw new Error(
      `Its first filters are ${tensor?.shape.slice(2).join(" × ")}, and windows here have 1, 2, 3, 5 or 7 on a side.`,
    );
  if (channels !== 1 && channels !== 3)
    throw new Error(`Its filters read ${channels} channels, and pictures here have 1 or 3.`);
  const path = source.name.replace(/\.weight$/, "");
  const bias = weights.get(`${path}.bias`)?.data;
  return {
    ...{ path, count, channels, size },
    weights: tensor.data.slice(),
    bias: bias instanceof Float32Array ? bias.slice() : new Float32Array(count),
  };
}

/** One filter's numbers, with the five digits that a link holds. */
export function filterNumbers({ channels, size, weights }: Filters, index: number): readonly number[] {
  const length = channels * size * size;
  return [...weights.subarray(index * length, (index + 1) * length)].map(brief);
}

export function brief(weight: number): number {
  return Number(weight.toPrecision(5));
}
