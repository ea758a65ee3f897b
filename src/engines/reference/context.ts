import { invariant, present } from "../../ir/errors.ts";
import type { Value } from "../../ir/graph.ts";
import type { TypedArray } from "../../ir/type.ts";

/** Runs one node: reads its operands' arrays, writes its results'. */
export type Step = () => void;

/** Where a program keeps its values: one array each, bound by kernels while preparing. */
export class Context {
  readonly #arrays: ReadonlyMap<Value, TypedArray>;

  constructor(arrays: ReadonlyMap<Value, TypedArray>) {
    this.#arrays = arrays;
  }

  /** The array of a value whose element type does not matter. */
  any(value: Value): TypedArray {
    return present(this.#arrays.get(value), "a kernel's value has no array");
  }

  f32(value: Value): Float32Array {
    const array = this.any(value);
    invariant(array instanceof Float32Array, "a kernel expects f32");
    return array;
  }

  u8(value: Value): Uint8Array {
    const array = this.any(value);
    invariant(array instanceof Uint8Array, "a kernel expects u8");
    return array;
  }

  i32(value: Value): Int32Array {
    const array = this.any(value);
    invariant(array instanceof Int32Array, "a kernel expects i32");
    return array;
  }
}
