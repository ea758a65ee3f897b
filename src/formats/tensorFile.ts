import type { TensorData } from "../ir/type.ts";
import type { ElementType } from "./elements.ts";

/** What a file of weights holds. */
export interface TensorFile {
  /** The tensors by name, as engines take them. */
  readonly tensors: ReadonlyMap<string, TensorData>;
  /** The element type that each has in the file. */
  readonly stored: ReadonlyMap<string, ElementType>;
}
