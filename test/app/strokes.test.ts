import { expect, it } from "vitest";
import { curves, extended, moved, restingPen } from "../../app/pictures/strokes.ts";

const start = { x: 0.2, y: 0.2 };

it("a pen that trembles adds no points", () => {
  expect(extended([start], { x: 0.201, y: 0.2 })).toEqual([start]);
  expect(extended([start], { x: 0.3, y: 0.2 })).toHaveLength(2);
});

it("a line begins and ends where the pen did, and passes the middles between", () => {
  const stroke = [start, { x: 0.4, y: 0.2 }, { x: 0.4, y: 0.6 }];
  const drawn = curves(stroke);
  expect(drawn.at(-1)?.end).toEqual({ x: 0.4, y: 0.6 });
  expect(drawn[0]?.end.x).toBeCloseTo(0.3);
  expect(curves([start])).toEqual([]);
});

it("arrow keys move the pen and keep it on the sheet; other keys don't", () => {
  expect(moved(restingPen, "a")).toBeUndefined();
  let pen = restingPen;
  for (let press = 0; press < 100; press++) pen = moved(pen, "ArrowRight") ?? pen;
  expect(pen.at.y).toBe(restingPen.at.y);
  expect(pen.at.x).toBeLessThan(1);
  expect(pen.at.x).toBeGreaterThan(0.9);
});
