import { useSignal } from "@preact/signals";
import type { JSX, TargetedEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { brush, curves, extended, moved, type Pen, type Point, restingPen, type Stroke } from "./strokes.ts";
import "./pictures.css";

/** The side of the picture that is drawn. */
const side = 280;

export interface DrawingPadProps {
  /** The drawing so far, white on black, 280x280: at most once a frame while it changes, undefined once it is empty. */
  onChange(picture: ImageData | undefined): void;
  /** Its accessible name. Default "Drawing". */
  readonly label?: string;
  /** Another number clears the pad. */
  readonly revision?: number;
}

/** A sheet to draw on: with a mouse, a pen or a finger, or by arrow keys and space. */
export function DrawingPad({ onChange, label = "Drawing", revision = 0 }: DrawingPadProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const strokes = useSignal<readonly Stroke[]>([]);
  const pen = useSignal<Pen>(restingPen);
  const keyboard = useSignal(false);
  const pointer = useRef<number | undefined>(undefined);
  const frame = useRef(0);
  const tell = useRef(onChange);
  tell.current = onChange;

  const change = (next: readonly Stroke[]): void => {
    strokes.value = next;
    if (frame.current !== 0) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      const context = canvas.current?.getContext("2d", { willReadFrequently: true });
      if (!context) return;
      paint(context, strokes.value);
      tell.current(strokes.value.length === 0 ? undefined : context.getImageData(0, 0, side, side));
    });
  };
  const draw = (to: Point): void =>
    change([...strokes.value.slice(0, -1), extended(strokes.value.at(-1) ?? [], to)]);

  const shown = useRef(revision);
  useEffect(() => {
    if (shown.current === revision) return;
    shown.current = revision;
    strokes.value = [];
    const context = canvas.current?.getContext("2d", { willReadFrequently: true });
    if (context) paint(context, []);
  }, [revision, strokes]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  const placeOf = ({ clientX, clientY }: MouseEvent, { left, top, width, height }: DOMRect): Point => ({
    x: (clientX - left) / width,
    y: (clientY - top) / height,
  });
  const press = (event: TargetedEvent<HTMLDivElement, PointerEvent>): void => {
    if (pointer.current !== undefined || event.button !== 0) return;
    pointer.current = event.pointerId;
    event.currentTarget.setPointerCapture(event.pointerId);
    keyboard.value = false;
    change([...strokes.value, [placeOf(event, event.currentTarget.getBoundingClientRect())]]);
  };
  const move = (event: TargetedEvent<HTMLDivElement, PointerEvent>): void => {
    if (pointer.current !== event.pointerId) return;
    const box = event.currentTarget.getBoundingClientRect();
    // Between two frames a pen reports many places.
    const places = event.getCoalescedEvents?.() ?? [];
    for (const place of places.length > 0 ? places : [event]) draw(placeOf(place, box));
  };
  const release = (event: PointerEvent): void => {
    if (pointer.current === event.pointerId) pointer.current = undefined;
  };
  const undo = (): void => {
    pen.value = { ...pen.value, down: false };
    change(strokes.value.slice(0, -1));
  };
  const key = (event: KeyboardEvent): void => {
    if (event.ctrlKey && event.key === "z") undo();
    else if (event.key === " " || event.key === "Enter") {
      pen.value = { ...pen.value, down: !pen.value.down };
      if (pen.value.down) change([...strokes.value, [pen.value.at]]);
    } else {
      const next = event.ctrlKey || event.metaKey || event.altKey ? undefined : moved(pen.value, event.key);
      if (!next) return;
      pen.value = next;
      if (next.down) draw(next.at);
    }
    keyboard.value = true;
    event.preventDefault();
  };

  const empty = strokes.value.length === 0;
  return (
    <section class="pad" aria-label={label}>
      <div
        class="sheet"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys draw on it
        tabIndex={0}
        aria-label={`${label}: ${empty ? "empty" : `${strokes.value.length} strokes`}. Arrow keys move the pen, space lowers and lifts it.`}
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={release}
        onPointerCancel={release}
        onKeyDown={key}
        onBlur={() => {
          keyboard.value = false;
          pen.value = { ...pen.value, down: false };
        }}
      >
        <canvas ref={canvas} width={side} height={side} />
        {keyboard.value && (
          <span
            class={pen.value.down ? "pen down" : "pen"}
            style={{ left: `${100 * pen.value.at.x}%`, top: `${100 * pen.value.at.y}%` }}
          />
        )}
        {empty && !keyboard.value && <span class="hint">Draw here</span>}
      </div>
      <div class="row">
        <button type="button" disabled={empty} onClick={undo}>
          Undo
        </button>
        <button
          type="button"
          disabled={empty}
          onClick={() => {
            pen.value = restingPen;
            change([]);
          }}
        >
          Clear
        </button>
      </div>
    </section>
  );
}

function paint(context: CanvasRenderingContext2D, strokes: readonly Stroke[]): void {
  context.fillStyle = "#000";
  context.fillRect(0, 0, side, side);
  context.strokeStyle = "#fff";
  context.lineWidth = brush * side;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    const [first] = stroke;
    if (!first) continue;
    context.beginPath();
    context.moveTo(first.x * side, first.y * side);
    // A line of no length is a dot.
    context.lineTo(first.x * side, first.y * side);
    for (const { control, end } of curves(stroke))
      context.quadraticCurveTo(control.x * side, control.y * side, end.x * side, end.y * side);
    context.stroke();
  }
}
