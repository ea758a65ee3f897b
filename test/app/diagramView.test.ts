import { layout, structure } from "convnets/diagram";
import { createModel } from "convnets/models";
import { expect, it } from "vitest";
import { createSelection } from "../../app/architectures/selection.ts";
import { between, fit, neighbour, visible } from "../../app/architectures/view.ts";

const view = { width: 432, height: 632 };

it("what fits is shown whole and in the middle", () => {
  const target = { x: 100, y: 200, width: 400, height: 300 };
  expect(fit(target, view, { least: 0.1, most: 3 })).toEqual({ x: -84, y: -34, k: 1 });
});

it("what is too tall to be read whole begins at its upper end", () => {
  const { k, y } = fit({ x: 0, y: 50, width: 200, height: 9000 }, view, { least: 0.5, most: 1 });
  expect(k).toBe(0.5);
  expect(y + k * 50).toBe(16);
});

it("the seen part is the inverse of the transform", () => {
  expect(visible({ x: -84, y: -34, k: 2 }, view)).toEqual({ x: 42, y: 17, width: 216, height: 316 });
});

it("a move begins and ends where it should", () => {
  const [from, to] = [
    { x: 10, y: 20, k: 0.5 },
    { x: -300, y: 40, k: 2 },
  ];
  const start = between(from, to, 0, view);
  const end = between(from, to, 1, view);
  for (const side of ["x", "y", "k"] as const) {
    expect(start[side]).toBeCloseTo(from[side]);
    expect(end[side]).toBeCloseTo(to[side]);
  }
});

it("arrow keys lead down a column and across branches", () => {
  const { boxes } = layout(structure(createModel("googlenet_article")));
  const at = (path: string) => boxes.find((box) => box.layers.some((layer) => layer.startsWith(path)));
  const first = at("b3.0.branch1");
  const second = at("b3.0.branch2.0");
  if (first === undefined || second === undefined) throw new Error("the network has other branches");
  expect(neighbour(boxes, first, "right")).toBe(second);
  expect(neighbour(boxes, second, "left")).toBe(first);
  expect(neighbour(boxes, second, "down")).toBe(at("b3.0.branch2.1"));
  expect(boxes[0] && neighbour(boxes, boxes[0], "up")).toBeUndefined();
});

it("revealing a layer opens all that is around it", () => {
  const selection = createSelection(new Set(), undefined);
  selection.reveal("layer1.0.conv1");
  expect([...selection.open.value]).toEqual(["layer1", "layer1.0"]);
  expect(selection.selected.value).toBe("layer1.0.conv1");
  selection.toggle("layer1.0");
  expect([...selection.open.value]).toEqual(["layer1"]);
});
