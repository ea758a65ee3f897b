import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { GraphBuilder } from "../../src/ir/graph.ts";
import { dtypeOf, type Shape, type TypedArray } from "../../src/ir/type.ts";
import { addNode } from "../../src/ops/define.ts";
import { type OpName, ops } from "../../src/ops/index.ts";

/** An operand written down in a test: its shape and its elements, f32 unless they are a typed array of another type. */
export type Operand = readonly [shape: Shape, elements: readonly number[] | TypedArray];

/** Every result of one op on the reference engine. */
export async function run(op: OpName, operands: readonly Operand[], attrs: object = {}): Promise<number[][]> {
  const builder = new GraphBuilder();
  const arrays = operands.map(([, elements]) => (isTyped(elements) ? elements : Float32Array.from(elements)));
  const inputs = operands.map(([shape], i) => {
    const array = arrays[i] ?? new Float32Array();
    return builder.input(`${i}`, { dtype: dtypeOf(array), shape });
  });
  addNode(builder, ops[op], inputs, attrs).forEach((result, i) => {
    builder.output(`${i}`, result);
  });
  const program = await referenceEngine.prepare(builder.finish());
  return Object.values(await program.run(Object.fromEntries(arrays.entries()))).map((array) => [...array]);
}

/** The first result. */
export async function first(op: OpName, operands: readonly Operand[], attrs: object = {}): Promise<number[]> {
  return (await run(op, operands, attrs))[0] ?? [];
}

function isTyped(elements: readonly number[] | TypedArray): elements is TypedArray {
  return ArrayBuffer.isView(elements);
}
