import type { JSX } from "preact";
import { type Layer, type Level, readBy, waysTo } from "./stack.ts";

const pixel = 14;
const rise = 64;
const bars = 44;

/** The levels above each other, along one axis, with all that one number of the last level depends on. */
export function StackDrawing({
  layers,
  levels,
  chosen,
}: {
  readonly layers: readonly Layer[];
  readonly levels: readonly Level[];
  readonly chosen: number;
}): JSX.Element {
  const ways = waysTo(layers, chosen);
  const most = Math.max(...(ways[0]?.values() ?? [1]));
  const extent = levels[0]?.count ?? 1;
  const height = rise * (levels.length - 1) + pixel + 8;
  const xOf = (level: number, index: number) =>
    ((levels[level]?.middle ?? 0) + (levels[level]?.jump ?? 1) * index + 0.5) * pixel;
  const yOf = (level: number) => height - pixel / 2 - 4 - level * rise;
  const { field = 1 } = levels.at(-1) ?? {};
  return (
    <svg
      class="stack-drawing"
      viewBox={`0 0 ${extent * pixel} ${height + bars}`}
      style={{ maxWidth: `${extent * pixel * 1.6}px` }}
      role="img"
      aria-label={`${levels.length} levels above each other. Number ${chosen} of the last depends on ${field} pixels of ${extent}.`}
    >
      {layers.map((layer, below) =>
        [...(ways[below + 1]?.keys() ?? [])].map((index) =>
          readBy(layer, index).map((place) => (
            <line
              key={`${below} ${index} ${place}`}
              x1={xOf(below + 1, index)}
              y1={yOf(below + 1)}
              x2={xOf(below, place)}
              y2={yOf(below)}
            />
          )),
        ),
      )}
      {levels.map(({ count }, level) =>
        Array.from({ length: count }, (_, index) => (
          <rect
            key={`${level} ${index}`}
            x={xOf(level, index) - pixel / 2 + 1}
            y={yOf(level) - pixel / 2 + 1}
            width={pixel - 2}
            height={pixel - 2}
            rx="2"
            class={ways[level]?.has(index) ? "seen" : undefined}
          />
        )),
      )}
      {[...(ways[0] ?? [])].map(([index, count]) => (
        <rect
          key={index}
          class="ways"
          x={xOf(0, index) - pixel / 2 + 2}
          y={height + 2}
          width={pixel - 4}
          height={((bars - 4) * count) / most}
        />
      ))}
    </svg>
  );
}
