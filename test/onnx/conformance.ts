import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../../src/engines/engine.ts";
import { ConvnetsError, UnsupportedOp } from "../../src/ir/errors.ts";
import { GraphBuilder, type Value } from "../../src/ir/graph.ts";
import type { TensorData } from "../../src/ir/type.ts";
import { isConstant, type Operand } from "../../src/onnx/call.ts";
import { converters } from "../../src/onnx/converters.ts";
import { folds } from "../../src/onnx/fold.ts";
import { buildOnnx, parseOnnx } from "../../src/onnx/graph.ts";
import { tensorData } from "../../src/onnx/tensors.ts";
import { decode } from "../../src/onnx/wire.ts";
import { constant } from "../../src/ops/arithmetic.ts";
import { concat, reshape } from "../../src/ops/shape.ts";

/** Where ONNX's own test vectors are: Debian's package libonnx-testdata, or `$ONNX_TESTDATA`. */
export const testData: string = process.env.ONNX_TESTDATA ?? "/usr/share/libonnx-testdata/data";

/** The node tests of the ops that are read. */
export function nodeTests(): readonly string[] {
  const folder = join(testData, "node");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(
      (name) =>
        existsSync(join(folder, name, "model.onnx")) &&
        opsOf(name).every((op) => op in converters || op in folds || op === "Constant"),
    )
    .sort();
}

/** The ops of a test's model. Models of opsets that are not read have none that is. */
export function opsOf(name: string): readonly string[] {
  const bytes = readFileSync(join(testData, "node", name, "model.onnx"));
  return (decode("model", bytes, name).graph?.node ?? [{ opType: "" }]).map(({ opType }) => opType ?? "");
}

/** Runs a node test: the largest difference from what is recorded, as a share of the largest number. */
export async function runNodeTest(engine: Engine, name: string): Promise<number> {
  const folder = join(testData, "node", name);
  const graph = parseOnnx(readFileSync(join(folder, "model.onnx")), { file: name });
  const set = join(folder, "test_data_set_0");
  const tensors = (kind: string): readonly TensorData[] =>
    readdirSync(set)
      .filter((file) => file.startsWith(kind))
      .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
      .map((file) =>
        tensorData(decode("tensor", readFileSync(join(set, file)), file), () => undefined, file),
      );
  const builder = new GraphBuilder();
  const feeds: Record<string, TensorData["data"]> = {};
  const operands = new Map<string, Operand>();
  const [inputs, outputs] = [tensors("input_"), tensors("output_")];
  // Later operands are bounds, axes and shapes, which have to be known; the rest arrives with the run.
  const known = /clip|pad|slice|dropout|div/.test(name);
  graph.inputs.forEach((info, index) => {
    const { shape, data } = inputs[index] ?? { shape: [], data: new Float32Array() };
    if (!(data instanceof Float32Array) || (known && index > 0))
      operands.set(info.name ?? "", { shape, data });
    else {
      operands.set(info.name ?? "", builder.input(`x${index}`, { dtype: "f32", shape }));
      feeds[`x${index}`] = data;
    }
  });
  const spelled = ({ shape, data }: TensorData): Value => {
    const parts = Array.from(data, (number) => constant(builder, [1], number));
    return reshape(concat(...parts, { axis: 0 }), { shape });
  };
  const made = buildOnnx(graph, operands, spelled);
  let worst = 0;
  for (const [index, { name: output = "" }] of graph.outputs.entries()) {
    const y = made.get(output);
    const expected = outputs[index];
    if (y === undefined || expected === undefined)
      throw new UnsupportedOp(name, `its output ${output} is not made`);
    const shape = isConstant(y) ? y.shape : y.type.shape;
    if (shape.join() !== expected.shape.join())
      throw new ConvnetsError(`${name}: the shape is [${shape.join()}], not [${expected.shape.join()}]`);
    let data = isConstant(y) ? y.data : undefined;
    if (!isConstant(y)) {
      const value = y.source.kind === "input" ? reshape(y, { shape }) : y;
      builder.output("y", value);
      const program = await engine.prepare(builder.finish());
      data = (await program.run(feeds)).y;
    }
    worst = Math.max(worst, apart(data ?? [], expected.data));
  }
  return worst;
}

function apart(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let most = 0;
  let size = 1e-6;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs((actual[i] ?? Number.NaN) - (expected[i] ?? 0));
    most = error > most || Number.isNaN(error) ? error : most;
    size = Math.max(size, Math.abs(expected[i] ?? 0));
  }
  return actual.length === expected.length ? most / size : Number.POSITIVE_INFINITY;
}
