import type { Drawing, DrawnBox, Frame, Line, Rectangle } from "convnets/diagram";

/** What tells one box of a drawing from the others. */
export function keyOf({ layers, path, title }: DrawnBox): string {
  return layers[0] ?? `${path}:${title}`;
}

/** A box is selected for every layer it stands for or is in; a closed module, for those in it. */
export function isSelected({ layers, path, category }: DrawnBox, layer: string | undefined): boolean {
  if (layer === undefined) return false;
  if (path !== "" && path === layer) return true;
  if (category === "modules") return layer.startsWith(`${path}.`);
  return layers.some((one) => one === layer || one.startsWith(`${layer}.`));
}

/** Where a drawing shows a layer: the frame of an open module, or what stands for it. */
export function find({ boxes, frames }: Drawing, path: string): Rectangle | undefined {
  const frame = frames.find((one) => one.path === path);
  return frame ?? around(boxes.filter((box) => isSelected(box, path)));
}

/** The smallest rectangle around some others; undefined around none. */
function around(some: readonly Rectangle[]): Rectangle | undefined {
  if (some.length === 0) return undefined;
  const [x, y] = [Math.min(...some.map((one) => one.x)), Math.min(...some.map((one) => one.y))];
  const right = Math.max(...some.map((one) => one.x + one.width));
  const bottom = Math.max(...some.map((one) => one.y + one.height));
  return { x, y, width: right - x, height: bottom - y };
}

export function boxAt({ boxes }: Drawing, x: number, y: number): DrawnBox | undefined {
  return boxes.find((box) => contains(box, { x, y, width: 0, height: 0 }));
}

export function innermostAround({ frames }: Drawing, box: Rectangle): Frame | undefined {
  return frames.findLast((frame) => contains(frame, box));
}

export function firstInside({ boxes, frames }: Drawing, path: string): DrawnBox | undefined {
  const frame = frames.find((one) => one.path === path);
  return frame && boxes.find((box) => contains(frame, box));
}

/** What is in one of two sets alone; undefined if nothing is. */
export function changedIn(before: ReadonlySet<string>, after: ReadonlySet<string>): string | undefined {
  return [...after].find((path) => !before.has(path)) ?? [...before].find((path) => !after.has(path));
}

/** What a line and its label take. */
export function span({ x1, y1, x2, y2 }: Line): Rectangle {
  const left = Math.min(x1, x2) - 1;
  return { x: left, y: Math.min(y1, y2), width: Math.abs(x2 - x1) + 90, height: Math.abs(y2 - y1) };
}

export function overlaps(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export function contains(outer: Rectangle, inner: Rectangle): boolean {
  return (
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}
