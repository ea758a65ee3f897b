import type { DrawnBox, Rectangle } from "convnets/diagram";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is shown of a drawing: a point p of it is at `k p + (x, y)`. */
export interface Transform {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

/** How large a target may be shown, and where it goes if it does not fit. */
export interface Place {
  readonly least: number;
  readonly most: number;
}

const margin = 16;

/** The whole of `target` in the middle of a view; of one that is too tall for `least` the upper end. */
export function fit(target: Rectangle, view: Size, { least, most }: Place): Transform {
  const across = (view.width - 2 * margin) / target.width;
  const down = (view.height - 2 * margin) / target.height;
  const k = Math.min(most, Math.max(least, Math.min(across, down)));
  const left = (view.width - k * target.width) / 2;
  const top = Math.max(margin, (view.height - k * target.height) / 2);
  return { x: left - k * target.x, y: top - k * target.y, k };
}

/** On the way from one view to another, slow at both ends: the middle of the view goes straight. */
export function between(from: Transform, to: Transform, part: number, view: Size): Transform {
  const eased = part * part * (3 - 2 * part);
  const k = from.k * (to.k / from.k) ** eased;
  const mix = (a: number, b: number) => a + (b - a) * eased;
  const centre = (side: "x" | "y", extent: number) =>
    mix((extent / 2 - from[side]) / from.k, (extent / 2 - to[side]) / to.k);
  return {
    x: view.width / 2 - k * centre("x", view.width),
    y: view.height / 2 - k * centre("y", view.height),
    k,
  };
}

/** The part of a drawing that a view of it shows. */
export function visible({ x, y, k }: Transform, { width, height }: Size): Rectangle {
  // Adding 0 makes 0 of -0.
  return { x: -x / k + 0, y: -y / k + 0, width: width / k, height: height / k };
}

/** A part as large again on every side, so that small moves need no new drawing. */
export function widened({ x, y, width, height }: Rectangle): Rectangle {
  return { x: x - width, y: y - height, width: 3 * width, height: 3 * height };
}

export type Direction = "up" | "down" | "left" | "right";

/** The nearest box in a direction; a way aside counts double. */
export function neighbour(boxes: readonly DrawnBox[], from: DrawnBox, to: Direction): DrawnBox | undefined {
  const vertical = to === "up" || to === "down";
  const sign = to === "down" || to === "right" ? 1 : -1;
  const distances = boxes.flatMap((box) => {
    const across = middle(box, "x") - middle(from, "x");
    const down = middle(box, "y") - middle(from, "y");
    const [ahead, aside] = vertical ? [sign * down, Math.abs(across)] : [sign * across, Math.abs(down)];
    return ahead > 4 && (vertical || ahead > aside) ? [{ box, distance: ahead + 2 * aside }] : [];
  });
  return distances.toSorted((a, b) => a.distance - b.distance)[0]?.box;
}

function middle(box: Rectangle, axis: "x" | "y"): number {
  return axis === "x" ? box.x + box.width / 2 : box.y + box.height / 2;
}
