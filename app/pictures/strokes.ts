/** A place on the pad, in units of its side: 0 to 1. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What one movement of the pen leaves behind: at least one point. */
export type Stroke = readonly Point[];

/** The brush's width as a share of the side: MNIST's strokes are about two of 28 pixels wide where digits fill 20. */
export const brush: number = 0.078;

/** `stroke` and where the pen is now, unless it hardly moved. */
export function extended(stroke: Stroke, to: Point): Stroke {
  const last = stroke.at(-1);
  return last && Math.hypot(to.x - last.x, to.y - last.y) < brush / 12 ? stroke : [...stroke, to];
}

/** A quadratic curve: from where the one before ended, past `control`, to `end`. */
export interface Curve {
  readonly control: Point;
  readonly end: Point;
}

/** A smooth line through the middles between neighbouring points, whose corners it rounds, to the last of them. */
export function curves(stroke: Stroke): readonly Curve[] {
  return stroke.slice(1).map((end, index, rest) => {
    const control = stroke[index] ?? end;
    const isLast = index === rest.length - 1;
    if (isLast) return { control, end };
    return { control, end: { x: (control.x + end.x) / 2, y: (control.y + end.y) / 2 } };
  });
}

/** What the keys do: a cursor that draws, or moves alone. */
export interface Pen {
  readonly at: Point;
  readonly down: boolean;
}

export const restingPen: Pen = { at: { x: 0.5, y: 0.3 }, down: false };

const step = 0.03;
const ways: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-step, 0],
  ArrowRight: [step, 0],
  ArrowUp: [0, -step],
  ArrowDown: [0, step],
};

/** Where the pen is after a key, or undefined for keys that don't move it. */
export function moved({ at, down }: Pen, key: string): Pen | undefined {
  const way = ways[key];
  if (!way) return undefined;
  const inside = (value: number) => Math.min(1 - brush / 2, Math.max(brush / 2, value));
  return { at: { x: inside(at.x + way[0]), y: inside(at.y + way[1]) }, down };
}
