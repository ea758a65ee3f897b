import { describe, expect, it } from "vitest";
import { loadWasm } from "../../src/engines/wasm/engine.ts";
import {
  gradCam,
  integratedGradients,
  layerShapes,
  type Subject,
  saliency,
  sharing,
} from "../../src/explain/index.ts";
import { size } from "../../src/ir/type.ts";
import { isModelName, models } from "../../src/models/registry.ts";
import { initialize } from "../../src/nn/init.ts";
import { namedTensors } from "../../src/nn/module.ts";

// The smallest of each family, for pictures as small as it takes, but of 32 pixels at least, where there are maps left.
const smallest = [
  ...["lenet5", "lenet5_paper", "alexnet", "alexnet_paper", "vgg11", "vgg11_lrn_paper", "nin_cifar"],
  ...["googlenet", "googlenet_paper", "googlenet_article", "inception_v2", "inception_v2_slim"],
  ...["inception_v2_rethinking", "inception_v3", "inception_v4", "inception_resnet_v2"],
  ...["resnet18", "resnet18_paper", "resnet20_cifar"],
];

const engine = await loadWasm({ threads: 1 });

describe.each(smallest)("%s", (name) => {
  const subject = smallestOf(name);
  const { model } = subject;
  const [, height, width] = model.input;
  const x = noise(size(model.input), 1);

  it("has layers by name, the last of which are its scores", () => {
    const shapes = [...layerShapes(model)];
    expect(shapes.every(([layer, shape]) => layer !== "" && size(shape) > 0)).toBe(true);
    expect(size(shapes.at(-1)?.[1] ?? [])).toBe(model.classes);
  });

  it("is explained by maps of finite numbers that are not all zero", async () => {
    const maps = {
      gradCam: await gradCam(subject, x, { target: 1 }),
      saliency: await saliency(subject, x, { target: 1 }),
      integratedGradients: await integratedGradients(subject, x, { target: 1, steps: 2 }),
    };
    expect(maps.saliency.shape).toEqual(model.input);
    expect(maps.integratedGradients.shape).toEqual(model.input);
    expect(maps.gradCam.shape.length).toBe(2);
    expect(size(maps.gradCam.shape)).toBeGreaterThan(1);
    expect(size(maps.gradCam.shape)).toBeLessThan(height * width);
    for (const [method, { shape, data }] of Object.entries(maps)) {
      expect(data.length, method).toBe(size(shape));
      expect(data.every(Number.isFinite), method).toBe(true);
    }
    // Grad-CAM leaves out what is negative, which may be all of it.
    expect(maps.saliency.data.some((value) => value !== 0)).toBe(true);
    expect(maps.integratedGradients.data.some((value) => value !== 0)).toBe(true);
  });
});

it("a network without maps is explained by gradients, and has no Grad-CAM", async () => {
  const subject = smallestOf("mlp");
  const x = noise(size(subject.model.input), 1);
  expect((await saliency(subject, x)).shape).toEqual(subject.model.input);
  await expect(gradCam(subject, x)).rejects.toThrow(
    "the network has no layer with maps, which this method explains by",
  );
});

/** For two classes and the least side; its weights are noise of a deviation that keeps the values' scale. */
function smallestOf(name: string): Subject {
  if (!isModelName(name)) throw new Error(`no model ${name}`);
  const { create, input } = models[name];
  const options = name === "lenet5_paper" ? {} : { classes: 2 };
  const builds = (side: number) => {
    try {
      return create({ ...options, size: side });
    } catch {
      return undefined;
    }
  };
  let model = create(options);
  for (let side = 32; side < input[1]; side++) {
    const found = builds(side);
    if (found === undefined) continue;
    model = found;
    break;
  }
  const weights = new Map(
    [...namedTensors(model)].map(([path, { init, shape }]) => {
      const fanIn = size(shape.slice(1));
      const data =
        shape.length < 2 ? initialize(init, shape, path, 1) : noise(size(shape), Math.sqrt(6 / fanIn));
      return [path, { shape, data }];
    }),
  );
  return sharing({ model, weights, engine }, { towards: ["picture"] });
}

/** Uniform between `-limit` and `limit`. */
function noise(count: number, limit: number): Float32Array {
  const numbers = new Float32Array(count);
  let state = 1;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    numbers[i] = (limit * state) / 2 ** 31;
  }
  return numbers;
}
