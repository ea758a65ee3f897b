import { batch, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { type Drawing, type DrawnBox, layout, type Rectangle } from "convnets/diagram";
import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { amount, type Colouring, formatShare, total } from "./costs.ts";
import type { Description } from "./description.ts";
import { Pan } from "./pan.ts";
import type { Selection } from "./selection.ts";
import { BoxShape, FrameShape, type Heat, keyOf, LineShape } from "./shapes.tsx";
import { allGroups } from "./tree.ts";
import { contains, type Direction, neighbour, overlaps, widened } from "./view.ts";

interface Props {
  readonly description: Description;
  readonly selection: Selection;
  readonly colouring: Colouring;
}

const whole = { least: 0.08, most: 1 };
/** Letters stay legible. */
const legible = { least: 0.72, most: 1.15 };

/** A network as boxes and lines, to move and to zoom; modules open when pressed. */
export function Diagram({ description, selection, colouring }: Props): JSX.Element {
  const { open, selected } = selection;
  const svg = useRef<SVGSVGElement>(null);
  const content = useRef<SVGGElement>(null);
  const pan = useRef<Pan>(undefined);
  const arrow = useId();
  const drawn = useSignal<Rectangle>({ x: 0, y: 0, width: 0, height: 0 });
  const focus = useSignal<string | undefined>(undefined);
  const drawing = useComputed(() => layout(description.parts, { expanded: (path) => open.value.has(path) }));

  useEffect(() => {
    if (svg.current === null || content.current === null) return;
    const moved = (seen: Rectangle) => {
      const part = drawn.peek();
      if (!contains(part, seen) || part.width > 9 * seen.width) drawn.value = widened(seen);
    };
    const made = new Pan(svg.current, content.current, moved);
    pan.current = made;
    made.resize(drawing.peek());
    made.to(all(drawing.peek()), legible, false);
    const watch = new ResizeObserver(() => made.resize(drawing.peek()));
    watch.observe(svg.current);
    return () => {
      watch.disconnect();
      made.stop();
    };
  }, [description]);

  useSignalEffect(() => {
    pan.current?.resize(drawing.value);
  });
  useSignalEffect(() => {
    const { target } = selection;
    const path = target.value;
    if (path === undefined) return;
    const place = find(drawing.peek(), path);
    if (place !== undefined) pan.current?.to(place, legible);
    target.value = undefined;
  });

  const { boxes, frames, lines, width, height } = drawing.value;
  const part = drawn.value;
  const reachable = boxes.find((box) => keyOf(box) === focus.value) ?? boxes[0];
  const press = (box: DrawnBox) => {
    focus.value = keyOf(box);
    if (box.category === "modules") selection.enter(box.path);
    else selected.value = box.layers[0];
  };
  const go = (box: DrawnBox | undefined) => {
    if (box === undefined) return;
    focus.value = keyOf(box);
    pan.current?.to(box, { least: 0.9, most: 1 });
    // The box may not be drawn yet.
    requestAnimationFrame(() => {
      content.current
        ?.querySelector<SVGGElement>(`[data-key="${CSS.escape(keyOf(box))}"]`)
        ?.focus({ preventScroll: true });
    });
  };
  const onBoxKey = (event: KeyboardEvent, box: DrawnBox) => {
    const to = directions[event.key];
    if (event.key === "Enter" || event.key === " ") press(box);
    else if (to !== undefined) go(neighbour(boxes, box, to));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onKey = (event: KeyboardEvent) => {
    const act = keys[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey || pan.current === undefined)
      return;
    act(pan.current, drawing.value);
    event.preventDefault();
  };

  return (
    <div class="diagram">
      {/* biome-ignore lint/a11y/useSemanticElements: the group is a drawing */}
      <svg
        ref={svg}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move what it shows
        tabIndex={0}
        aria-label={`Diagram of ${description.name}. Arrow keys move it, plus and minus zoom, 0 shows all.`}
        onKeyDown={onKey}
      >
        <defs>
          <marker
            id={arrow}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path class="tip" d="M0 0L8 4L0 8z" />
          </marker>
        </defs>
        <g ref={content}>
          {frames.map((frame, index) =>
            overlaps(part, frame) ? (
              <FrameShape
                key={frame.path}
                frame={frame}
                odd={frames.slice(0, index).filter((outer) => contains(outer, frame)).length % 2 === 1}
                selected={selected.value === frame.path}
                onClose={() => selection.toggle(frame.path)}
                onSelect={() => {
                  selected.value = frame.path;
                }}
              />
            ) : undefined,
          )}
          {lines.map((line, index) =>
            overlaps(part, span(line)) ? <LineShape key={index} line={line} arrow={arrow} /> : undefined,
          )}
          {boxes.map((box) =>
            overlaps(part, box) || box === reachable ? (
              <BoxShape
                key={keyOf(box)}
                box={box}
                heat={heatOf(box, description, colouring)}
                selected={isSelected(box, selected.value)}
                reachable={box === reachable}
                onPress={() => press(box)}
                onKeyDown={(event) => onBoxKey(event, box)}
              />
            ) : undefined,
          )}
        </g>
      </svg>
      <div class="row tools">
        <button
          type="button"
          aria-label="Zoom in"
          title="Zoom in (+)"
          onClick={() => pan.current?.zoomBy(1.4)}
        >
          +
        </button>
        <button
          type="button"
          aria-label="Zoom out"
          title="Zoom out (−)"
          onClick={() => pan.current?.zoomBy(1 / 1.4)}
        >
          −
        </button>
        <button
          type="button"
          title="Show all of it (0)"
          onClick={() => pan.current?.to(all({ width, height }), whole)}
        >
          Fit
        </button>
        <button
          type="button"
          onClick={() =>
            batch(() => {
              open.value = new Set(allGroups(description.parts));
            })
          }
        >
          Open all
        </button>
        <button
          type="button"
          onClick={() => {
            open.value = new Set();
            pan.current?.to(all(drawing.value), legible);
          }}
        >
          Close all
        </button>
      </div>
    </div>
  );
}

const directions: Readonly<Record<string, Direction>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

const step = 60;
const keys: Readonly<Record<string, (pan: Pan, drawing: Drawing) => void>> = {
  ArrowUp: (pan) => pan.by(0, step),
  ArrowDown: (pan) => pan.by(0, -step),
  ArrowLeft: (pan) => pan.by(step, 0),
  ArrowRight: (pan) => pan.by(-step, 0),
  "+": (pan) => pan.zoomBy(1.4),
  "=": (pan) => pan.zoomBy(1.4),
  "-": (pan) => pan.zoomBy(1 / 1.4),
  "0": (pan, drawing) => pan.to(all(drawing), whole),
};

function all({ width, height }: Pick<Drawing, "width" | "height">): Rectangle {
  return { x: 0, y: 0, width, height };
}

function find({ boxes, frames }: Drawing, path: string): Rectangle | undefined {
  return frames.find((frame) => frame.path === path) ?? boxes.find((box) => isSelected(box, path));
}

/** A box is selected for every layer it stands for; a closed module, for those in it. */
function isSelected({ layers, path, category }: DrawnBox, layer: string | undefined): boolean {
  if (layer === undefined) return false;
  return (
    layers.includes(layer) ||
    (path === layer && path !== "") ||
    (category === "modules" && layer.startsWith(`${path}.`))
  );
}

function span({ x1, y1, x2, y2 }: Drawing["lines"][number]): Rectangle {
  return {
    x: Math.min(x1, x2) - 1,
    y: Math.min(y1, y2),
    width: Math.abs(x2 - x1) + 90,
    height: Math.abs(y2 - y1),
  };
}

function heatOf({ layers }: DrawnBox, { summary }: Description, colouring: Colouring): Heat | undefined {
  if (colouring === "kind") return undefined;
  const all = total(summary, colouring);
  const amounts = summary.rows
    .filter(({ path }) => path !== "" && layers.includes(path))
    .map((row) => amount(row, colouring));
  const value = colouring === "field" ? Math.max(0, ...amounts) : amounts.reduce((sum, n) => sum + n, 0);
  return value === 0
    ? { share: 0, text: "" }
    : { share: Math.sqrt(value / all), text: formatShare(value, all, colouring) };
}
