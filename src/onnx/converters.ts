import { arithmetic } from "./arithmetic.ts";
import type { Call, Operand } from "./call.ts";
import { shapes } from "./shapes.ts";
import { windows } from "./windows.ts";

/** What an op becomes: its results, as far as anything may read them. */
export type Converter = (call: Call) => readonly (Operand | undefined)[];

/** The ops of ONNX that are read. What is made of constants alone is in `fold.ts`. */
export const converters: Readonly<Record<string, Converter>> = { ...arithmetic, ...shapes, ...windows };
