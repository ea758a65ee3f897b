import { expect, it } from "vitest";
import { measureReceptiveField, receptiveField } from "../../src/explain/index.ts";
import { createModel } from "../../src/models/registry.ts";
import { describeEngines } from "../conformance/engines.ts";

// Layers whose middle unit sees no edge of the picture.
const cases = [
  ["lenet5", 28, "conv1"],
  ["lenet5", 28, "maxPool2d"],
  ["lenet5", 28, "conv2"],
  ["alexnet", 127, "features.3"],
  ["vgg11", 96, "features.10"],
  ["googlenet", 128, "inception3b"],
  ["inception_v3", 139, "Mixed_5b"],
  ["resnet18", 96, "layer2.0"],
  ["resnet50", 128, "layer2"],
] as const;

await describeEngines((engine, { name: engineName }) => {
  // The plain loops take their time.
  const some = engineName === "reference" ? cases.filter(([name]) => name === "lenet5") : cases;
  it.each(some)("%s of side %i: a unit of %s sees what the formula says", async (name, side, layer) => {
    const model = createModel(name, { size: side });
    const gaze = await measureReceptiveField(model, engine, layer);
    const [channels = 1, height = 1, width = 1] = gaze.shape;
    const middle = Math.floor(height / 2) * width + Math.floor(width / 2);
    // Channels of branches with smaller windows see less: the formula is about the largest.
    const extents: (readonly [rows: number, columns: number])[] = [];
    for (const share of [0, 0.3, 0.6, 0.99]) {
      const channel = Math.floor(share * channels);
      const { top, bottom, left, right } = await gaze.region(channel * height * width + middle);
      expect(Math.min(top, left, side - 1 - bottom, side - 1 - right), "no edge").toBeGreaterThan(0);
      extents.push([bottom - top + 1, right - left + 1]);
    }
    const largest = [
      Math.max(...extents.map(([rows]) => rows)),
      Math.max(...extents.map(([, columns]) => columns)),
    ];
    expect(largest).toEqual(receptiveField(model, layer).size);
  });
});
