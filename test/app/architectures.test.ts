import { layout, structure } from "convnets/diagram";
import { createModel, models, summarize } from "convnets/models";
import { describe, expect, it, test } from "vitest";
import { formatView, parseView, swapped, type View } from "../../app/architectures/address.ts";
import {
  evaluate,
  formatFormula,
  macsFormula,
  parametersFormula,
  total,
} from "../../app/architectures/costs.ts";
import { families } from "../../app/architectures/families.ts";
import { amounts, heats } from "../../app/architectures/heat.ts";
import { memory, percent, ratio, short } from "../../app/architectures/numbers.ts";
import { alignStages, stages } from "../../app/architectures/stages.ts";
import { allGroups, around, findPart, firstOpen, visibleRows } from "../../app/architectures/tree.ts";
import { volumesOf } from "../../app/architectures/volumes.ts";
import { parseRoute } from "../../app/shell/address.ts";

const all = Object.values(models);
const summaryOf = (name: string) => summarize(createModel(name));
const rowOf = (name: string, path: string) => {
  const row = summaryOf(name).rows.find((one) => one.path === path);
  if (row === undefined) throw new Error(`${name} has no ${path}`);
  return row;
};

describe("formulas", () => {
  test.each(all)("$name: every layer's formulas give the library's counts", ({ create }) => {
    const { rows } = summarize(create());
    rows.forEach((row, index) => {
      const inner = (rows[index + 1]?.level ?? 0) > row.level;
      if (inner) return;
      expect(evaluate(parametersFormula(row)), row.path).toBe(row.parameters);
      expect(evaluate(macsFormula(row)), row.path).toBe(row.macs);
    });
  });

  it("name what is added and what is multiplied", () => {
    const row = rowOf("alexnet", "features.3");
    expect(formatFormula(parametersFormula(row))).toBe("192 · 64 · 5 · 5 weight + 192 bias");
    expect(formatFormula(macsFormula(row))).toBe("192 · 64 · 5 · 5 · 27 · 27");
  });
});

describe("the colours of boxes", () => {
  test.each(all)("$name: the boxes share out all that the network costs", ({ create }) => {
    const model = create();
    const summary = summarize(model);
    const { boxes } = layout(structure(model));
    for (const measure of ["parameters", "macs", "activations"] as const) {
      const amountOf = amounts(summary, measure);
      expect(
        boxes.reduce((sum, box) => sum + amountOf(box), 0),
        measure,
      ).toBe(total(summary, measure));
    }
  });

  it("say the amount and its share, and a box without any says nothing", () => {
    const heatOf = heats(summaryOf("lenet5"), "macs");
    const { boxes } = layout(structure(createModel("lenet5")));
    expect(boxes.slice(0, 4).map((box) => heatOf(box)?.text)).toEqual([
      "",
      "118 k, 28.2 %",
      "",
      "240 k, 57.6 %",
    ]);
    expect(boxes[1] && heats(summaryOf("lenet5"), "field")(boxes[1])?.text).toBe("sees 5 px");
  });
});

describe("stages", () => {
  test.each(all)("$name: every number of the network is in one stage", ({ create }) => {
    const summary = summarize(create());
    const parts = [...stages(summary).values()];
    const sum = (of: "parameters" | "macs" | "activations") => parts.reduce((n, part) => n + part[of], 0);
    expect(sum("parameters")).toBe(summary.evaluationParameters);
    expect(sum("macs")).toBe(summary.macs);
    expect(sum("activations")).toBe(summary.activations);
  });

  it("stand beside each other by resolution, with gaps where a network has no such maps", () => {
    const aligned = alignStages(summaryOf("resnet50"), summaryOf("vgg16"));
    expect(
      aligned.map(({ title, first, second }) => [title, first?.layers ?? 0, second?.layers ?? 0]),
    ).toEqual([
      ["As large as the picture", 0, 2],
      ["1/2 of the picture's side", 1, 2],
      ["1/4 of the picture's side", 11, 3],
      ["1/8 of the picture's side", 13, 3],
      ["1/16 of the picture's side", 19, 3],
      ["1/32 of the picture's side", 9, 0],
      ["Without maps", 1, 3],
    ]);
    expect(aligned[2]?.second?.sizes).toEqual(["56 × 56"]);
  });
});

describe("the address", () => {
  const roundTrip = (view: View) => parseView(parseRoute(formatView(view)));

  it("holds all that is shown", () => {
    const view: View = {
      name: "resnet50",
      beside: "vgg16",
      layer: "layer1.0.add:2",
      besideLayer: "features.3",
      colouring: "macs",
      classes: 10,
      size: 64,
    };
    expect(roundTrip(view)).toEqual(view);
    expect(formatView(view)).toContain("#/architectures/resnet50?with=vgg16&layer=");
  });

  it("leaves out what is usual, and begins with a network", () => {
    expect(formatView({ name: "lenet5", colouring: "kind" })).toBe("#/architectures/lenet5");
    expect(parseView(parseRoute("")).name).toBe("googlenet");
  });

  it("means something, whatever it says", () => {
    const view = parseView(parseRoute("#/architectures/%zz?colour=red&classes=-3&size=1e9"));
    expect(view).toMatchObject({ name: "%zz", colouring: "kind", classes: undefined, size: undefined });
  });

  it("swaps two networks with their layers", () => {
    const view: View = { name: "a", beside: "b", layer: "x", colouring: "kind" };
    expect(swapped(view)).toEqual({
      name: "b",
      beside: "a",
      layer: undefined,
      besideLayer: "x",
      colouring: "kind",
    });
  });
});

describe("the tree of layers", () => {
  test.each(all)(
    "$name: at first 3 to 28 boxes are drawn, and every box and module has its layer",
    ({ create }) => {
      const model = create();
      const parts = structure(model);
      const open = firstOpen(parts);
      const { boxes } = layout(parts, { expanded: (path) => open.has(path) });
      expect(boxes.length).toBeGreaterThan(2);
      // Caffe's names have no modules to close.
      if (open.size > 0 || allGroups(parts).length > 0) expect(boxes.length).toBeLessThanOrEqual(28);
      const paths = new Set(summarize(model).rows.map(({ path }) => path));
      for (const group of allGroups(parts)) expect(paths, group).toContain(group);
      const weighted = layout(parts).boxes.filter(({ category }) =>
        /convolution|connection|pooling/.test(category),
      );
      for (const { layers } of weighted) expect(layers.filter((layer) => paths.has(layer))).not.toEqual([]);
    },
  );

  it("shows what lies in open modules, and all of the first level", () => {
    const { rows } = summaryOf("alexnet");
    const names = (open: readonly string[]) => visibleRows(rows, new Set(open)).map(({ name }) => name);
    expect(names([])).toEqual(["AlexNet", "features", "classifier"]);
    expect(names(["classifier"])).toEqual([
      "AlexNet",
      "features",
      "classifier",
      "0",
      "1",
      "2",
      "3",
      "4",
      "5",
      "6",
    ]);
  });

  it("finds the step that stands for a layer", () => {
    const parts = structure(createModel("resnet18"));
    expect(findPart(parts, "layer1.0.bn1")).toMatchObject({ title: "conv 3x3 p1, 64" });
    expect(findPart(parts, "layer1.0.add")).toMatchObject({ title: "+" });
    expect(findPart(parts, "layer1")).toMatchObject({ kind: "group" });
    expect(findPart(parts, "layer9")).toBeUndefined();
    expect(around("layer1.0.conv1")).toEqual(["layer1", "layer1.0"]);
  });
});

describe("the choice of networks", () => {
  it("has every network in one family", () => {
    const names = families(all).flatMap(({ entries }) => entries.map(({ name }) => name));
    expect(names.toSorted()).toEqual(Object.keys(models).toSorted());
  });

  it("finds by all words, in names, forms, years and titles", () => {
    const found = (search: string) =>
      families(all, search).flatMap(({ entries }) => entries.map(({ name }) => name));
    expect(found("vgg 19")).toEqual(["vgg19", "vgg19_bn"]);
    expect(found("inception v4 timm")).toEqual(["inception_v4", "inception_resnet_v2"]);
    expect(found("going deeper caffe")).toEqual([]);
  });
});

it("a convolution's volumes are to one scale, and a pooling reads one map at a time", () => {
  const conv = volumesOf(rowOf("alexnet", "features.0"));
  const [input, kernel, output] = conv?.volumes ?? [];
  expect(kernel?.extents).toEqual([3, 11, 11]);
  expect((input?.width ?? 0) / (output?.width ?? 1)).toBeCloseTo(224 / 55);
  expect(volumesOf(rowOf("alexnet", "features.2"))?.volumes[1]).toMatchObject({
    title: "window",
    extents: [1, 3, 3],
  });
  expect(volumesOf(rowOf("alexnet", "classifier.1"))).toBeUndefined();
});

it("numbers are short and have units", () => {
  expect([short(61706), short(999), short(15_470_264_320)]).toEqual(["61.7 k", "999", "15.5 G"]);
  expect([memory(6518), memory(100)]).toEqual(["26.1 kB", "400 B"]);
  expect([percent(0.5), percent(0), percent(1), percent(0.0001)]).toEqual([
    "50.0 %",
    "0 %",
    "100 %",
    "< 0.1 %",
  ]);
  expect([ratio(10, 5), ratio(3, 3), ratio(0, 3)]).toEqual(["× 2", "the same", ""]);
});
