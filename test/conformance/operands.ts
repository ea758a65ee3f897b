import type { Value } from "../../src/ir/graph.ts";
import { randomBits, uniform } from "../../src/ir/random.ts";
import { f32, type Shape, size, type TensorType, type TypedArray } from "../../src/ir/type.ts";

/** An operand of a case: its type and how to fill it. The same seed gives the same elements. */
export interface Operand {
  readonly type: TensorType;
  data(seed: number): TypedArray;
  /** Where the operand is what another op makes of an input of `type` and `data`. */
  readonly make?: (input: Value) => Value;
}

/** f32 elements between -1 and 1. */
export function some(...shape: Shape): Operand {
  return between(-1, 1, ...shape);
}

export function between(low: number, high: number, ...shape: Shape): Operand {
  return filled(shape, (seed, i) => low + (high - low) * uniform(seed, i));
}

/** f32 elements of either sign at least 1/4 away from 0, where relu has its kink. */
export function awayFromZero(...shape: Shape): Operand {
  return filled(shape, (seed, i) => (uniform(seed, i) + 0.25) * (randomBits(seed, i) & 1 ? 1 : -1));
}

/** f32 elements no two of which are nearer to each other than 1/10, in an order that the seed mixes. */
export function apart(...shape: Shape): Operand {
  const place = (seed: number, i: number) => [randomBits(seed, i), i] as const;
  return {
    type: f32(...shape),
    data: (seed) => {
      const order = Array.from({ length: size(shape) }, (_, i) => place(seed, i)).sort(([a], [b]) => a - b);
      const data = new Float32Array(order.length);
      order.forEach(([, i], rank) => {
        data[i] = (rank - order.length / 2) / 8;
      });
      return data;
    },
  };
}

/** f32 elements that are -1, 0 or 1, so that most windows hold several largest. */
export function tied(...shape: Shape): Operand {
  return filled(shape, (seed, i) => (randomBits(seed, i) % 3) - 1);
}

export function bytes(...shape: Shape): Operand {
  const data = (seed: number) => new Uint8Array(size(shape)).map((_, i) => randomBits(seed, i));
  return { type: { dtype: "u8", shape }, data };
}

/** i32 elements of either sign. */
export function integers(...shape: Shape): Operand {
  const data = (seed: number) => new Int32Array(size(shape)).map((_, i) => randomBits(seed, i));
  return { type: { dtype: "i32", shape }, data };
}

export function labels(n: number, classes: number): Operand {
  const data = (seed: number) => new Int32Array(n).map((_, i) => randomBits(seed, i) % classes);
  return { type: { dtype: "i32", shape: [n] }, data };
}

/** Dropout's i32 `[seed, step]`. */
export function random(seed: number, step: number): Operand {
  return { type: { dtype: "i32", shape: [2] }, data: () => Int32Array.of(seed, step) };
}

/** An f32 scalar. */
export function scalar(value: number): Operand {
  return filled([], () => value);
}

/** What `make` gives for `operand`. */
export function made(operand: Operand, make: (input: Value) => Value): Operand {
  return { ...operand, make };
}

function filled(shape: Shape, element: (seed: number, index: number) => number): Operand {
  return {
    type: f32(...shape),
    data: (seed) => new Float32Array(size(shape)).map((_, i) => element(seed, i)),
  };
}
