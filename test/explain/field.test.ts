import { expect, it } from "vitest";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { compareFields, measureReceptiveField, receptiveField } from "../../src/explain/index.ts";
import { UsageError } from "../../src/ir/errors.ts";
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

it("the middle of a layer's maps is a unit whose region has a size and a centre", async () => {
  const [row] = await compareFields(createModel("lenet5"), referenceEngine, ["conv2"]);
  // Row and column 5 of 10: two pixels apart, 14 wide, and two of padding in front.
  const region = { top: 8, left: 8, bottom: 21, right: 21 };
  expect(row).toEqual({
    layer: "conv2",
    shape: [16, 10, 10],
    formula: { size: [14, 14], step: [2, 2], centre: [14.5, 14.5], region },
    measured: { size: [14, 14], centre: [14.5, 14.5], region },
  });
});

it("units that are not there are refused", async () => {
  const gaze = await measureReceptiveField(createModel("lenet5"), referenceEngine, "conv2");
  await expect(gaze.region(1600)).rejects.toThrow(
    new UsageError("conv2 has no unit 1600, expected 0 to 1599"),
  );
  await expect(gaze.region({ row: 10, column: 0 })).rejects.toThrow(
    new UsageError("conv2 has no row 10, column 0: its maps are 10x10"),
  );
});

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

  it.skipIf(engineName === "reference").each([
    ["lenet5", {}],
    ["googlenet", { size: 64, classes: 3 }],
    ["resnet18", { size: 64, classes: 3 }],
  ] as const)(
    "every layer of %s sees the part of the formula's region that is in the picture",
    async (name, options) => {
      const rows = await compareFields(createModel(name, options), engine);
      expect(rows.length).toBeGreaterThan(10);
      for (const { layer, formula, measured } of rows)
        expect({ layer, region: measured.region }).toEqual({ layer, region: formula.region });
    },
  );
});
