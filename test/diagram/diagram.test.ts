import { describe, expect, it } from "vitest";
import { boxGraph } from "../../src/diagram/boxes.ts";
import {
  countBoxes,
  diagramPage,
  layout,
  type Part,
  type Rectangle,
  structure,
  svg,
} from "../../src/diagram/index.ts";
import type { Value } from "../../src/ir/graph.ts";
import { createModel, models } from "../../src/models/registry.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { Conv2d } from "../../src/nn/layers.ts";
import { Module } from "../../src/nn/module.ts";
import { run } from "../../src/nn/sequential.ts";
import { add } from "../../src/ops/arithmetic.ts";

/** Parts as text: branches in brackets, modules in braces. */
function text(parts: readonly Part[]): string {
  const words = parts.map((part) => {
    if (part.kind === "box") return part.note === "" ? part.title : `${part.title} (${part.note})`;
    if (part.kind === "group") return `${part.path} { ${text(part.parts)} }`;
    return `[${part.branches.map(text).join(" | ")}]`;
  });
  return words.join(" -> ");
}

function find(parts: readonly Part[], path: string): Part | undefined {
  for (const part of parts) {
    if (part.kind === "group" && part.path === path) return part;
    const inner = part.kind === "group" ? part.parts : part.kind === "parallel" ? part.branches.flat() : [];
    const found = find(inner, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

const partsOf = (name: string, path: string) =>
  text([find(structure(createModel(name)), path)].flatMap((x) => x ?? []));

describe("structure", () => {
  it("LeNet-5 is a row of steps", () => {
    expect(text(structure(createModel("lenet5")))).toBe(
      [
        "picture -> conv 5x5 p2, 6 (ReLU) -> max pooling 2x2/2 -> conv 5x5, 16 (ReLU) -> max pooling 2x2/2 (flatten)",
        "full connection, 120 (ReLU) -> full connection, 84 (ReLU) -> full connection, 10",
      ].join(" -> "),
    );
  });

  it("boxes name the layers they stand for as summaries do", () => {
    const { boxes } = boxGraph(createModel("resnet18"));
    const layers = boxes.slice(0, 5).map((box) => box.layers);
    expect(layers).toEqual([
      [],
      ["conv1", "bn1", "relu"],
      ["maxPool2d"],
      ["layer1.0.conv1", "layer1.0.bn1", "layer1.0.relu"],
      ["layer1.0.conv2", "layer1.0.bn2"],
    ]);
  });

  it("an Inception module's branches are side by side and meet where they are joined", () => {
    const conv = (window: string, to: number) => `conv ${window}, ${to} (batch norm, ReLU)`;
    const branches = [
      conv("1x1", 64),
      `${conv("1x1", 96)} -> ${conv("3x3 p1", 128)}`,
      `${conv("1x1", 16)} -> ${conv("3x3 p1", 32)}`,
      `max pooling 3x3 p1 -> ${conv("1x1", 32)}`,
    ];
    expect(partsOf("googlenet", "inception3a")).toBe(`inception3a { [${branches.join(" | ")}] -> concat }`);
  });

  it("a residual block has a shortcut, or a convolution in its place", () => {
    const conv = "conv 3x3 p1, 64 (batch norm";
    expect(partsOf("resnet18", "layer1.0")).toBe(`layer1.0 { [${conv}, ReLU) -> ${conv}) | ] -> + (ReLU) }`);
    expect(partsOf("resnet18", "layer2.0")).toMatch(
      /^layer2.0 \{ \[conv 1x1\/2, 128 \(batch norm\) \| conv 3x3\/2/,
    );
  });

  it("a network whose branches cross is refused", () => {
    expect(() => structure(new Crossing())).toThrow("has branches that cross, which can't be drawn");
  });
});

describe("every network of the zoo", () => {
  it.each(Object.keys(models))("%s: each step is drawn once, none over another", (name) => {
    const model = createModel(name);
    const parts = structure(model);
    expect(countBoxes(parts)).toBe(boxGraph(model).boxes.length);
    const { boxes, frames, width, height } = layout(parts);
    expect(boxes).toHaveLength(countBoxes(parts));
    // By their upper edges: only neighbours can overlap.
    const sorted = boxes.toSorted((a, b) => a.y - b.y);
    sorted.forEach((box, index) => {
      for (const other of sorted.slice(index + 1, index + 20)) expect(overlap(box, other)).toBe(false);
    });
    for (const { x, y, width: wide, height: high } of [...boxes, ...frames]) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x + wide).toBeLessThanOrEqual(width);
      expect(y + high).toBeLessThanOrEqual(height);
    }
  });
});

describe("drawings", () => {
  const parts = structure(createModel("googlenet"));

  it("a module that is not expanded is one box with what is in it counted", () => {
    const { boxes, frames } = layout(parts, { expanded: () => false });
    expect(frames).toEqual([]);
    expect(boxes.find(({ path }) => path === "inception3a")).toMatchObject({
      title: "inception3a",
      note: "8 steps",
    });
  });

  it("have the shapes on the arrows, and text that is escaped", () => {
    const drawing = svg(layout(parts), "<googlenet> & others");
    expect(drawing).toContain(">192x28x28</text>");
    expect(drawing).toContain("<title>&lt;googlenet&gt; &amp; others</title>");
    expect(drawing).not.toMatch(/href|<script|<googlenet>/);
  });

  it("as a page open and close their modules without a script", () => {
    const page = diagramPage("a <b>", parts);
    expect(page.match(/<details open>/g)).toHaveLength(9);
    expect(page).toContain("<h1>a &lt;b&gt;</h1>");
    expect(page).toContain("↓ 256x28x28");
    expect(page).not.toMatch(/<script|https?:/);
  });
});

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** c reads both branches, and the end reads one of them again beside c. */
class Crossing extends Module implements Classifier {
  readonly classes = 1;
  readonly input = [1, 4, 4] as const;
  readonly output = "logits";
  readonly a: Conv2d = new Conv2d(1, 1, { kernel: 1 });
  readonly b: Conv2d = new Conv2d(1, 1, { kernel: 1 });

  override forward(x: Value): Value {
    const a = run(x, this.a);
    const b = run(x, this.b);
    return add(a, add(a, b));
  }
}
