import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { type Drawing, type DrawnBox, layout, type Rectangle } from "convnets/diagram";
import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Contents } from "./contents.tsx";
import type { Colouring } from "./costs.ts";
import type { Description } from "./description.ts";
import { Pan } from "./pan.ts";
import { boxAt, changedIn, contains, find, firstInside, innermostAround, keyOf } from "./parts.ts";
import type { Selection } from "./selection.ts";
import { Legend, Tools, zoomStep } from "./tools.tsx";
import { allGroups } from "./tree.ts";
import { type Direction, neighbour, widened } from "./view.ts";
import "./diagram.css";

interface Shown {
  readonly drawing: Drawing | undefined;
  readonly open: ReadonlySet<string>;
}

interface Props {
  readonly description: Description;
  readonly selection: Selection;
  readonly colouring: Colouring;
}

const whole = { least: 0.08, most: 1 };
/** Letters stay legible. */
const legible = { least: 0.72, most: 1 };

/** From which scale on zooming in opens the module, or selects the layer, that one zooms in on. */
const near = { modules: 1.3, layers: 1.8 };

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

  const shown = useRef<Shown>({ drawing: undefined, open: open.peek() });

  useEffect(() => {
    if (svg.current === null || content.current === null) return;
    const moved = (seen: Rectangle) => {
      const part = drawn.peek();
      if (!contains(part, seen) || part.width > 9 * seen.width) drawn.value = widened(seen);
    };
    const deeper = (x: number, y: number, k: number) => {
      const box = boxAt(drawing.peek(), x, y);
      if (box?.category === "modules" && k >= near.modules) selection.toggle(box.path);
      else if (box !== undefined && k >= near.layers) selected.value = box.layers[0];
    };
    const made = new Pan(svg.current, content.current, { onMove: moved, onZoomIn: deeper });
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

  // One effect for both, since effects have no order: first what changed is held, then the drawing moves on from there.
  useSignalEffect(() => {
    const now = drawing.value;
    const target = selection.target.value;
    const { drawing: before, open: opened } = shown.current;
    const changed = changedIn(opened, open.peek());
    shown.current = { drawing: now, open: open.peek() };
    pan.current?.resize(now);
    if (changed !== undefined && before !== undefined) {
      // What opened or closed stays where it was, though all around it moves.
      const [from, to] = [find(before, changed), find(now, changed)];
      if (from !== undefined && to !== undefined) pan.current?.hold(from, to);
    }
    if (target === undefined) return;
    const place = find(now, target);
    if (place !== undefined) pan.current?.to(place, legible);
    selection.target.value = undefined;
  });

  const { boxes } = drawing.value;
  const reachable = boxes.find((box) => keyOf(box) === focus.value) ?? boxes[0];
  const press = (box: DrawnBox) => {
    focus.value = keyOf(box);
    if (box.category === "modules") selection.enter(box.path);
    else selected.value = box.layers[0];
  };
  /** Gives a box the focus, once it is drawn. */
  const reach = (box: DrawnBox | undefined) => {
    if (box === undefined) return;
    focus.value = keyOf(box);
    requestAnimationFrame(() => {
      content.current
        ?.querySelector<SVGGElement>(`[data-key="${CSS.escape(keyOf(box))}"]`)
        ?.focus({ preventScroll: true });
    });
  };
  const onBoxKey = (event: KeyboardEvent, box: DrawnBox) => {
    const to = directions[event.key];
    const outer = innermostAround(drawing.value, box);
    if (event.key === "Enter" || event.key === " ") {
      press(box);
      if (box.category === "modules") reach(firstInside(drawing.value, box.path));
    } else if (event.key === "Escape" && outer !== undefined) {
      selection.leave(outer.path);
      reach(drawing.value.boxes.find(({ path }) => path === outer.path));
    } else if (to !== undefined) {
      const next = neighbour(boxes, box, to);
      reach(next);
      if (next !== undefined) pan.current?.to(next, { least: 0.9, most: 1 });
    } else return;
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
        tabindex={0}
        aria-label={`Diagram of ${description.name}: arrow keys move it, plus and minus zoom, 0 shows all of it; in it Enter opens a module, Escape closes the one around`}
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
          <Contents
            drawing={drawing.value}
            part={drawn.value}
            description={description}
            selection={selection}
            colouring={colouring}
            arrow={arrow}
            reachable={reachable}
            onPress={press}
            onKeyDown={onBoxKey}
          />
        </g>
      </svg>
      <Tools
        onZoom={(factor) => pan.current?.zoomBy(factor)}
        onFit={() => pan.current?.to(all(drawing.value), whole)}
        onOpenAll={() => {
          open.value = new Set(allGroups(description.parts));
        }}
        onCloseAll={() => {
          open.value = new Set();
          pan.current?.to(all(drawing.value), legible);
        }}
      />
      <Legend colouring={colouring} />
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
  "+": (pan) => pan.zoomBy(zoomStep),
  "=": (pan) => pan.zoomBy(zoomStep),
  "-": (pan) => pan.zoomBy(1 / zoomStep),
  "0": (pan, drawing) => pan.to(all(drawing), whole),
};

function all({ width, height }: Pick<Drawing, "width" | "height">): Rectangle {
  return { x: 0, y: 0, width, height };
}
