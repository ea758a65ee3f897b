import { describe, expect, it } from "vitest";
import { type Graph, GraphBuilder, type Value } from "../../src/ir/graph.ts";
import { print } from "../../src/ir/print.ts";
import { f32 } from "../../src/ir/type.ts";
import { relu } from "../../src/ops/activation.ts";
import { add, mul } from "../../src/ops/arithmetic.ts";
import { addChannels, sumChannels } from "../../src/ops/channels.ts";
import { linear, linearWeightGrad } from "../../src/ops/linear.ts";
import { reshape } from "../../src/ops/shape.ts";
import { movingAverage, sgdUpdate } from "../../src/ops/update.ts";
import { dropDeadCode } from "../../src/passes/deadCode.ts";
import { fuse } from "../../src/passes/fuse.ts";
import { gradients } from "../../src/passes/grad.ts";
import { hoistUpdates } from "../../src/passes/hoistUpdates.ts";
import { optimize } from "../../src/passes/pipeline.ts";
import { simplify } from "../../src/passes/simplify.ts";

/** A graph whose output is what `make` returns; it asks for its inputs by name and type. */
function graphOf(make: (input: (name: string, ...shape: number[]) => Value) => Value) {
  const builder = new GraphBuilder();
  builder.output(
    "out",
    make((name, ...shape) => builder.input(name, f32(...shape))),
  );
  return builder.finish();
}

/** The lines that say what is computed. */
function body(graph: Graph): string {
  return print(graph)
    .split("\n")
    .filter((line) => !line.startsWith("input") && !line.startsWith("state"))
    .join("\n");
}

describe("gradients", () => {
  it("what is read twice gets the sum of both parts, made once", () => {
    const builder = new GraphBuilder();
    const x = builder.input("x", f32());
    const [dx] = gradients(mul(x, x), [x]);
    if (dx) builder.output("dx", dx);
    expect(body(dropDeadCode(builder.finish()))).toMatchInlineSnapshot(`
      "%0: f32[] = fill() {"shape":[],"value":1}
      %1: f32[] = mul(%0, x)
      %2: f32[] = mul(%0, x)
      %3: f32[] = add(%1, %2)
      output dx = %3"
    `);
  });

  it("what the loss does not depend on gets zeros, of its own shape", () => {
    const builder = new GraphBuilder();
    const [loss, other] = [builder.input("loss", f32()), builder.input("other", f32(2, 3))];
    const [zero] = gradients(relu(loss), [other]);
    if (zero) builder.output("zero", zero);
    expect(body(dropDeadCode(builder.finish()))).toMatchInlineSnapshot(`
      "%0: f32[2,3] = fill() {"shape":[2,3],"value":0}
      output zero = %0"
    `);
  });
});

describe("simplify", () => {
  it("a sum of one, a reshape to the same shape and all but the last of a chain go", () => {
    const before = graphOf((input) => {
      const chain = reshape(reshape(add(input("x", 2, 6)), { shape: [3, 4] }), { shape: [4, 3] });
      return relu(reshape(chain, { shape: [4, 3] }));
    });
    expect(body(dropDeadCode(simplify(before)))).toMatchInlineSnapshot(`
      "%0: f32[4,3] = reshape(x) {"shape":[4,3]}
      %1: f32[4,3] = relu(%0)
      output out = %1"
    `);
  });
});

describe("fuse", () => {
  it("a full connection, its bias and ReLU become one node", () => {
    const before = graphOf((input) =>
      relu(addChannels(linear(input("x", 2, 3), input("w", 4, 3)), input("b", 4))),
    );
    expect(body(dropDeadCode(fuse(before)))).toMatchInlineSnapshot(`
      "%0: f32[2,4] = linearBias(x, w, b) {"activation":"relu"}
      output out = %0"
    `);
  });

  it("a sum that something else reads too stays", () => {
    const before = graphOf((input) => {
      const product = linear(input("x", 2, 3), input("w", 4, 3));
      return add(product, addChannels(product, input("b", 4)));
    });
    expect(body(dropDeadCode(fuse(before)))).toMatchInlineSnapshot(`
      "%0: f32[2,4] = linear(x, w)
      %1: f32[2,4] = addChannels(%0, b)
      %2: f32[2,4] = add(%0, %1)
      output out = %2"
    `);
  });

  it("the gradients towards a weight and its bias become one node", () => {
    const builder = new GraphBuilder();
    const [x, dy] = [builder.input("x", f32(2, 3)), builder.input("dy", f32(2, 4))];
    // As in training: the way forward has read x before.
    builder.output("y", relu(x));
    builder.output("db", sumChannels(dy));
    builder.output("dw", linearWeightGrad(x, dy));
    expect(body(dropDeadCode(fuse(builder.finish())))).toMatchInlineSnapshot(`
      "%0: f32[2,3] = relu(x)
      %1: f32[4,3], %2: f32[4] = linearParameterGrad(x, dy)
      output y = %0
      output db = %2
      output dw = %1"
    `);
  });
});

describe("hoistUpdates", () => {
  it("an update moves behind the last reader of its state, in front of what comes later", () => {
    const builder = new GraphBuilder();
    const [w, velocity] = [builder.state("w", f32(2)), builder.state("velocity", f32(2))];
    const [dw, rate] = [builder.input("dw", f32(2)), builder.input("rate", f32())];
    const reader = mul(w, dw);
    const later = relu(reader);
    const [next, nextVelocity] = sgdUpdate(w, velocity, dw, rate, {
      momentum: 0.9,
      weightDecay: 0,
      nesterov: false,
    });
    builder.output("out", later);
    builder.update(w, next);
    builder.update(velocity, nextVelocity);
    expect(body(hoistUpdates(builder.finish()))).toMatchInlineSnapshot(`
      "%0: f32[2] = mul(w, dw)
      %1: f32[2], %2: f32[2] = sgdUpdate(w, velocity, dw, rate) {"momentum":0.9,"weightDecay":0,"nesterov":false}
      %3: f32[2] = relu(%0)
      output out = %3
      w <- %1
      velocity <- %2"
    `);
  });

  it("what makes a state's next contents and is read besides stays in front of its readers", () => {
    const builder = new GraphBuilder();
    const [w, kept, last] = [
      builder.state("w", f32(2)),
      builder.state("kept", f32(2)),
      builder.state("last", f32(2)),
    ];
    const doubled = mul(w, builder.input("x", f32(2)));
    const next = relu(doubled);
    builder.update(kept, doubled);
    builder.update(last, next);
    expect(body(hoistUpdates(builder.finish()))).toMatchInlineSnapshot(`
      "%0: f32[2] = mul(w, x)
      %1: f32[2] = relu(%0)
      kept <- %0
      last <- %1"
    `);
  });

  it("updates share their rate without waiting for each other, and what reads an update follows it", () => {
    const builder = new GraphBuilder();
    const rate = builder.input("rate", f32());
    const dw = (["first", "second"] as const).map((name) => relu(builder.input(name, f32(2))));
    builder.output("out", relu(builder.input("x", f32(2))));
    const attrs = { momentum: 0, weightDecay: 0, nesterov: false };
    for (const [i, gradient] of dw.toReversed().entries()) {
      const [w, velocity] = [builder.state(`w${i}`, f32(2)), builder.state(`v${i}`, f32(2))];
      const average = builder.state(`average${i}`, f32(2));
      const [next, nextVelocity] = sgdUpdate(w, velocity, gradient, rate, attrs);
      builder.update(w, next);
      builder.update(velocity, nextVelocity);
      builder.update(average, movingAverage(average, next, { decay: 0.9, gain: 0.1 }));
    }
    expect(hoistUpdates(builder.finish()).nodes.map(({ op }) => op)).toEqual([
      ...["relu", "sgdUpdate", "movingAverage"],
      ...["relu", "sgdUpdate", "movingAverage"],
      "relu",
    ]);
  });
});

describe("optimize", () => {
  it("leaves nothing that no output and no update needs", () => {
    const before = graphOf((input) => {
      const x = input("x", 2);
      mul(x, x);
      return relu(x);
    });
    expect(body(optimize(before))).toMatchInlineSnapshot(`
      "%0: f32[2] = relu(x)
      output out = %0"
    `);
  });

  it("doing it again changes nothing", () => {
    const once = optimize(
      graphOf((input) => relu(addChannels(linear(input("x", 2, 3), input("w", 4, 3)), input("b", 4)))),
    );
    expect(print(optimize(once))).toBe(print(once));
  });
});
