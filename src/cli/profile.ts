import type { StepTime } from "../engines/engine.ts";
import { conv2d, conv2dInputGrad, conv2dWeightGrad } from "../ops/conv.ts";
import { conv2dBias, conv2dBiasAdd, conv2dParameterGrad } from "../ops/fused.ts";
import { long, percent } from "../report/numbers.ts";
import { cut, table } from "./table.ts";

/** What all nodes of one op that ran by one kernel took together. */
export interface OpTime {
  readonly op: string;
  readonly kernel: string;
  readonly nodes: number;
  readonly seconds: number;
  /** Of the time of all ops. */
  readonly share: number;
  /** GFLOP/s, counted as direct sums; 0 for ops without arithmetic worth counting. */
  readonly rate: number;
  /** Of the machine's measured limit, where that is known. */
  readonly ofPeak?: number;
}

const convolutions = [
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  conv2dBias,
  conv2dBiasAdd,
  conv2dParameterGrad,
].map(({ opName }) => opName);

/** Times by op and kernel, the longest first; the last is all convolutions together. */
export function byOp(steps: readonly StepTime[], peak: number | undefined): OpTime[] {
  const total = sum(steps.map(({ seconds }) => seconds));
  const groups = new Map<string, StepTime[]>();
  for (const step of steps) {
    const key = `${step.op} ${step.kernel}`;
    groups.set(key, [...(groups.get(key) ?? []), step]);
  }
  const together = (op: string, kernel: string, some: readonly StepTime[]): OpTime => {
    const seconds = sum(some.map((step) => step.seconds));
    const rate = seconds === 0 ? 0 : sum(some.map(({ flops, runs }) => flops * runs)) / seconds / 1e9;
    const ofPeak = peak === undefined ? {} : { ofPeak: rate / peak };
    return {
      op,
      kernel,
      nodes: some.filter(({ flops }) => flops > 0).length || some.length,
      seconds,
      share: total === 0 ? 0 : seconds / total,
      rate,
      ...ofPeak,
    };
  };
  const all = [...groups.values()]
    .map((some) => together(some[0]?.op ?? "", some[0]?.kernel ?? "", some))
    .sort((a, b) => b.seconds - a.seconds);
  const convs = steps.filter(({ op }) => convolutions.includes(op));
  return convs.length === 0 ? all : [...all, together("all convolutions", "", convs)];
}

export function profileText(times: readonly OpTime[], peak: number | undefined, columns: number): string[] {
  const rows = times.map(({ op, kernel, nodes, seconds, share, rate, ofPeak }) => [
    op,
    `${(1000 * seconds).toFixed(1)} ms`,
    percent(share, 1),
    `${nodes}`,
    rate === 0 ? "" : long(Number(rate.toPrecision(3))),
    rate === 0 || ofPeak === undefined ? "" : percent(ofPeak, 0),
    kernel,
  ]);
  const lines = table(
    [
      { title: "op" },
      { title: "time", align: "right" },
      { title: "share", align: "right" },
      { title: "nodes", align: "right" },
      { title: "GFLOP/s", align: "right" },
      { title: "of peak", align: "right" },
      { title: "kernel" },
    ],
    rows,
  ).map((line) => cut(line, columns));
  const limit =
    peak === undefined ? [] : [`peak: ${Math.round(peak)} GFLOP/s of fused multiply-adds, measured`];
  return [...lines, ...limit];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
