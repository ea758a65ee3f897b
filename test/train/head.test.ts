import { expect, it } from "vitest";
import { createModel } from "../../src/models/registry.ts";
import { initialize } from "../../src/nn/init.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { matchWeights } from "../../src/nn/weights.ts";
import { newHead } from "../../src/train/head.ts";

function startOf(classes: number) {
  const model = createModel("lenet5", { classes });
  const weights = [...namedTensors(model)].map(
    ([path, { shape, init }]) => [path, { shape, data: initialize(init, shape, path, 1) }] as const,
  );
  return { model, weights: new Map(weights) };
}

it("for other classes the last layer starts anew, and the rest stays", () => {
  const { weights } = startOf(10);
  const { model, weights: wanted } = startOf(3);
  const head = newHead(model, weights, 1);
  expect([...head.keys()]).toEqual(["fc3.weight", "fc3.bias"]);
  for (const [path, tensor] of head) expect(tensor).toEqual(wanted.get(path));
  expect(matchWeights(model, new Map([...weights, ...head]), "ten").size).toBe(weights.size);
});

it("for the same classes nothing starts anew, nor do layers whose inputs differ", () => {
  const { model, weights } = startOf(10);
  expect(newHead(model, weights, 1).size).toBe(0);
  const narrow = new Map([["fc3.weight", { shape: [5, 7], data: new Float32Array(35) }]]);
  expect(newHead(model, narrow, 1).size).toBe(0);
});
