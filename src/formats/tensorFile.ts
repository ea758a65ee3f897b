import type { TensorData } from "../ir/type.ts";
import type { ElementType } from "./elements.ts";

/** What a file of weights holds. */
export interface TensorFile {
  /** The tensors by name, as engines take them. */
  readonly tensors: ReadonlyMap<string, TensorData>;
  /** The element type that each has in the file. */
  readonly stored: ReadonlyMap<string, ElementType>;
}

export interface ParseOptions {
  /** Whether the parser may change the bytes it is given, to need no memory beside them. Default false. */
  readonly reuse?: boolean;
}
