import { expect, it } from "vitest";
import type { Engine, Program } from "../../src/engines/engine.ts";
import { type Graph, GraphBuilder } from "../../src/ir/graph.ts";
import { f32 } from "../../src/ir/type.ts";
import { relu } from "../../src/ops/activation.ts";
import { add, affine, mul } from "../../src/ops/arithmetic.ts";
import { nllLoss } from "../../src/ops/loss.ts";
import { reshape } from "../../src/ops/shape.ts";
import { describeEngines } from "./engines.ts";

// What the contract in engines/engine.ts promises beside numbers.

await describeEngines((engine) => {
  it("names the inputs that are missing and those it does not know", async () => {
    const program = await accumulator(engine);
    await expect(program.run({ y: Float32Array.of(1, 2) })).rejects.toMatchObject({
      name: "UsageError",
      message: "run: the inputs must be `x`\n  missing  `x`\n  unknown  `y`",
    });
  });

  it("refuses an input of another length or element type", async () => {
    const program = await accumulator(engine);
    const wanted = "run: input `x` must be f32[2], a Float32Array of 2 elements\n  given  ";
    await expect(program.run({ x: new Float32Array(3) })).rejects.toThrow(
      `${wanted}a Float32Array of 3 elements`,
    );
    await expect(program.run({ x: new Int32Array(2) })).rejects.toThrow(
      `${wanted}a Int32Array of 2 elements`,
    );
  });

  it("refuses to read or write a state it does not have, or with other elements", async () => {
    const program = await accumulator(engine);
    expect(() => program.read("z")).toThrow("read: there is no state `z`; the states are `sum`");
    expect(() => program.write("z", new Float32Array(2))).toThrow(
      "write: there is no state `z`; the states are `sum`",
    );
    expect(() => program.write("sum", new Float32Array(1))).toThrow(
      "write: state `sum` must be f32[2], a Float32Array of 2 elements\n  given  a Float32Array of 1 elements",
    );
  });

  it("starts states at zero and keeps them across runs", async () => {
    const program = await accumulator(engine);
    expect([...program.read("sum")]).toEqual([0, 0]);
    await program.run({ x: Float32Array.of(1, 2) });
    await program.run({ x: Float32Array.of(10, 20) });
    expect([...program.read("sum")]).toEqual([11, 22]);
  });

  it("updates states all at once, from what they and the outputs held during the run", async () => {
    const builder = new GraphBuilder();
    const [a, b] = [builder.state("a", f32(1)), builder.state("b", f32(1))];
    builder.update(a, b);
    builder.update(b, a);
    builder.output("a during the run", a);
    const program = await engine.prepare(builder.finish());
    program.write("a", Float32Array.of(1));
    program.write("b", Float32Array.of(2));
    expect(await program.run({})).toEqual({ "a during the run": Float32Array.of(1) });
    expect([...program.read("a"), ...program.read("b")]).toEqual([2, 1]);
  });

  it("gives a copy of a state to read and takes a copy to write", async () => {
    const program = await accumulator(engine);
    const written = Float32Array.of(5, 6);
    program.write("sum", written);
    written.fill(0);
    program.read("sum").fill(0);
    expect([...program.read("sum")]).toEqual([5, 6]);
  });

  it("copies the inputs before `run` returns", async () => {
    const program = await accumulator(engine);
    const x = Float32Array.of(1, 2);
    const running = program.run({ x });
    x.fill(0);
    expect([...((await running).total ?? [])]).toEqual([1, 2]);
  });

  it("computes with what a state holds when the run starts, however much of it follows from states alone", async () => {
    const program = await engine.prepare(fromStates());
    const x = Float32Array.of(100, 200);
    for (const w of [1, -2]) {
      program.write("w", Float32Array.of(w, 2 * w));
      const of = (f: (w: number) => number) => Float32Array.of(f(w), f(2 * w));
      // The same in every run: no reader of a constant, not even its last, leaves other contents behind.
      for (let run = 0; run < 2; run++)
        expect(await program.run({ x })).toEqual({
          grown: of((w) => 3 * w + 1),
          "grown as a column": of((w) => 3 * w + 1),
          "grown and x": Float32Array.of(3 * w + 101, 6 * w + 201),
          "turned and x": Float32Array.of(100 - w, 200 - 2 * w),
          "turned, positive, and x": Float32Array.of(100 + Math.max(0, -w), 200 + Math.max(0, -2 * w)),
          "x and the column": Float32Array.of(3 * w + 101, 6 * w + 201),
          "x by w": Float32Array.of(100 * w, 400 * w),
        });
      expect([...program.read("w")]).toEqual([w, 2 * w]);
      expect([...program.read("copy")]).toEqual([3 * w + 1, 6 * w + 1]);
    }
  });

  it.skipIf(engine.name === "reference")(
    "computes what follows from states alone in the first run after a state was written",
    async () => {
      const program = await engine.prepare(fromStates(), { profile: true });
      const runs = (op: string) => program.profile().flatMap((step) => (step.op === op ? [step.runs] : []));
      const inputs = { x: new Float32Array(2) };
      for (let run = 0; run < 3; run++) await program.run(inputs);
      expect([runs("affine"), runs("relu"), runs("mul")]).toEqual([[1, 1], [1], [3]]);
      program.write("copy", new Float32Array(2)); // an update sets it anyway: nothing follows from it
      await program.run(inputs);
      expect([runs("affine"), runs("relu"), runs("mul")]).toEqual([[1, 1], [1], [4]]);
      program.write("w", Float32Array.of(1, 2));
      await program.run(inputs);
      expect([runs("affine"), runs("relu"), runs("mul")]).toEqual([[2, 2], [2], [5]]);
    },
  );

  it("refuses a label out of range, names its sample, and leaves the states alone", async () => {
    const builder = new GraphBuilder();
    const logp = builder.input("logp", f32(3, 4));
    const labels = builder.input("labels", { dtype: "i32", shape: [3] });
    const loss = nllLoss(logp, labels);
    const total = builder.state("total", f32());
    builder.update(total, add(total, loss));
    builder.output("loss", loss);
    const program = await engine.prepare(builder.finish());
    for (const label of [4, -1]) {
      const running = program.run({
        logp: new Float32Array(12).fill(-1),
        labels: Int32Array.of(0, 3, label),
      });
      await expect(running).rejects.toMatchObject({
        name: "ConvnetsError",
        message: `sample 2 has the label ${label}, but there are 4 classes`,
      });
    }
    expect([...program.read("total")]).toEqual([0]);
    await program.run({ logp: new Float32Array(12).fill(-1), labels: Int32Array.of(0, 3, 1) });
    expect([...program.read("total")]).toEqual([1]);
  });

  it("measures each step when asked to, and nothing otherwise", async () => {
    const plain = await accumulator(engine);
    await plain.run({ x: Float32Array.of(1, 2) });
    expect(plain.profile()).toEqual([]);

    const builder = new GraphBuilder();
    builder.scope = "norm";
    builder.output("y", affine(builder.input("x", f32(2)), { scale: [2], shift: [1] }));
    const profiled = await engine.prepare(builder.finish(), { profile: true });
    await profiled.run({ x: Float32Array.of(1, 2) });
    await profiled.run({ x: Float32Array.of(1, 2) });
    const [step] = profiled.profile().filter(({ op }) => op === "affine");
    expect(step).toMatchObject({ op: "affine", scope: "norm", runs: 2, flops: 4 });
    expect(step?.seconds).toBeGreaterThanOrEqual(0);
  });

  it("reports the bytes of states, inputs and outputs as resident", async () => {
    const { memory } = await accumulator(engine);
    expect(memory.resident).toBeGreaterThanOrEqual(24);
    expect(memory.arena).toBeGreaterThanOrEqual(0);
  });
});

/** Values that follow from a state alone, under several names, read by what does and what does not. */
function fromStates(): Graph {
  const builder = new GraphBuilder();
  const [x, w] = [builder.input("x", f32(2)), builder.state("w", f32(2))];
  const grown = affine(w, { scale: [3], shift: [1] });
  const column = reshape(grown, { shape: [2, 1] });
  builder.output("grown", grown);
  builder.output("grown as a column", column);
  builder.output("grown and x", add(grown, x));
  const turned = affine(w, { scale: [-1], shift: [0] });
  builder.output("turned and x", add(turned, x));
  builder.output("turned, positive, and x", add(relu(turned), x));
  builder.output("x and the column", add(column, reshape(x, { shape: [2, 1] })));
  builder.output("x by w", mul(x, w));
  builder.update(builder.state("copy", f32(2)), grown);
  return builder.finish();
}

/** total = sum + x, and sum takes the total. */
async function accumulator(engine: Engine): Promise<Program> {
  const builder = new GraphBuilder();
  const sum = builder.state("sum", f32(2));
  const total = add(sum, builder.input("x", f32(2)));
  builder.output("total", total);
  builder.update(sum, total);
  return engine.prepare(builder.finish());
}
