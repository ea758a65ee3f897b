import { describe, expect, it } from "vitest";
import type { Arrays } from "../../src/engines/engine.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { present } from "../../src/ir/errors.ts";
import { randomBits, uniform } from "../../src/ir/random.ts";
import { allocate, type TypedArray } from "../../src/ir/type.ts";
import { definitionOf, type OpName } from "../../src/ops/index.ts";
import { type AnyCase, build, type Difference } from "./case.ts";
import { entries } from "./cases.ts";

for (const { op, gradient, cases } of entries)
  describe(op, () => {
    if ("none" in gradient) {
      it(`has no gradient: ${gradient.none}`, () => {
        const { node, builder } = build(op, present(cases[0], "a case"));
        const dys = node.results.map((result, i) => builder.input(`dy${i}`, result.type));
        expect(() => definitionOf(node).grad(node, dys)).toThrow(`${op} has no gradient: ${gradient.none}`);
      });
      return;
    }
    for (const row of cases)
      it.skipIf(row.gradientSkipped)(`the gradient of ${row.name} is its central difference`, () =>
        expectDifference(op, row, gradient),
      );
  });

/**
 * With L = sum of dy y: the derivative of L along a direction d of one operand, once as the sum of the gradient times
 * d and once as (L(x + step d) - L(x - step d)) / (2 step). The entries of d are -1 and 1.
 */
async function expectDifference(op: OpName, row: AnyCase, { step, tolerance }: Difference): Promise<void> {
  const built = build(op, row);
  const { builder, node } = built;
  const weights = node.results.map(({ type }, i) =>
    allocate(type).map((_, at) => uniform(900 + i, at) * 2 - 1),
  );
  const dys = node.results.map(({ type }, i) =>
    type.dtype === "f32" ? builder.input(`dy${i}`, type) : null,
  );
  definitionOf(node)
    .grad(node, dys)
    .forEach((dx, i) => {
      if (dx) builder.output(`x${i}`, dx);
    });
  const program = await referenceEngine.prepare(builder.finish());
  const feeds = built.feeds();
  const seeds = Object.fromEntries(
    dys.flatMap((dy, i) => (dy ? [[`dy${i}`, present(weights[i], "weights")]] : [])),
  );
  const gradients = await program.run({ ...feeds, ...seeds });

  const loss = await lossOf(op, row, weights);
  for (const [i, input] of node.inputs.entries()) {
    const name = `x${i}`;
    const x = present(feeds[name], "an array for each operand");
    if (input.type.dtype !== "f32" || input.source.kind === "node") {
      expect(gradients[name], `${name} has no gradient`).toBeUndefined();
      continue;
    }
    const dx = gradients[name] ?? new Float32Array(x.length);
    const d = x.map((_, at) => (randomBits(i + 77, at) & 1 ? 1 : -1));
    const ahead = await loss({ ...feeds, [name]: x.map((element, at) => element + step * (d[at] ?? 0)) });
    const behind = await loss({ ...feeds, [name]: x.map((element, at) => element - step * (d[at] ?? 0)) });
    const measured = (ahead - behind) / (2 * step);
    const length = Math.hypot(...dx) || 1;
    expect(Math.abs(measured - dot(dx, d)) / length, name).toBeLessThan(tolerance);
  }
}

/** L as a function of the operands. */
async function lossOf(
  op: OpName,
  row: AnyCase,
  weights: readonly TypedArray[],
): Promise<(feeds: Arrays) => Promise<number>> {
  const { builder, node } = build(op, row);
  node.results.forEach((result, i) => {
    builder.output(`${i}`, result);
  });
  const program = await referenceEngine.prepare(builder.finish());
  return async (feeds) => {
    const ys = await program.run(feeds);
    return node.results.reduce(
      (sum, { type }, i) => sum + (type.dtype === "f32" ? dot(ys[`${i}`], weights[i]) : 0),
      0,
    );
  };
}

function dot(a: TypedArray = new Float32Array(), b: TypedArray = new Float32Array()): number {
  let sum = 0;
  a.forEach((element, i) => {
    sum += element * (b[i] ?? 0);
  });
  return sum;
}
