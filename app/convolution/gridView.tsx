import type { ReadonlySignal } from "@preact/signals";
import { useSignal, useSignalEffect } from "@preact/signals";
import { select } from "d3-selection";
import { type D3ZoomEvent, type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from "d3-zoom";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Cell, Grid, type Sheet } from "./grid.ts";
import { palette } from "./palette.ts";

interface Properties {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What the picture shows, in words. */
  readonly label: string;
  readonly sheet: ReadonlySignal<Sheet>;
  /** Draws what is above the cells; reads the signals it depends on. */
  mark(grid: Grid): void;
  /** The cells that are to be seen when enlarged. */
  focus(): { readonly row: number; readonly column: number; readonly size: number };
  onHover(cell: Cell | undefined): void;
  onPick(cell: Cell): void;
  /** An arrow key: rows down, columns right. */
  onArrow(rows: number, columns: number): void;
}

const arrows: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-8, 0],
  PageDown: [8, 0],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
};

type Zoom = ZoomBehavior<HTMLCanvasElement, unknown>;

/** A grid of numbers that is pointed at, picked from by mouse, finger or keys, and enlarged. */
export function GridView(properties: Properties): JSX.Element {
  const { title, children, label, sheet, onHover, onPick } = properties;
  const canvas = useRef<HTMLCanvasElement>(null);
  const grid = useRef<Grid>(undefined);
  const behavior = useRef<Zoom>(undefined);
  const size = useSignal(0);
  const transform = useSignal<ZoomTransform>(zoomIdentity);

  useEffect(() => {
    if (canvas.current === null) return;
    const element = canvas.current;
    grid.current = new Grid(element);
    behavior.current = zoomOf(element, grid.current, (to) => {
      transform.value = to;
    });
    const observer = new ResizeObserver(() => {
      size.value = element.clientWidth;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useSignalEffect(() => {
    const shown = grid.current;
    if (shown === undefined || size.value === 0) return;
    const before = shown.mostScale;
    if (shown.show(sheet.value, palette.value, size.value))
      limit(behavior.current, size.value, shown.mostScale);
    // Cells of another size are another picture: it is seen whole at first.
    if (shown.mostScale !== before) behavior.current?.transform(select(shown.canvas), zoomIdentity);
    shown.scale = transform.value.k;
    shown.shiftX = transform.value.x;
    shown.shiftY = transform.value.y;
    shown.draw();
    properties.mark(shown);
  });
  useSignalEffect(() => {
    const target = properties.focus();
    if (grid.current && behavior.current && transform.peek().k > 1)
      follow(grid.current, behavior.current, target);
  });

  const cellAt = ({ offsetX, offsetY }: MouseEvent) => grid.current?.at(offsetX, offsetY);
  const enlarge = (by: number) => {
    if (canvas.current && grid.current) {
      const { row, column, size: extent } = properties.focus();
      const target = select(canvas.current);
      const [x, y] = grid.current.restingPlace(column + extent / 2, row + extent / 2);
      behavior.current?.scaleBy(target, by);
      behavior.current?.translateTo(target, x, y);
    }
  };
  return (
    <figure class="grid-view">
      <div class="grid-head">
        <h3>{title}</h3>
        <span class="zoom">
          <button
            type="button"
            aria-label={`Smaller: ${title}`}
            disabled={transform.value.k <= 1}
            onClick={() => enlarge(1 / 1.6)}
          >
            −
          </button>
          <button type="button" aria-label={`Larger: ${title}`} onClick={() => enlarge(1.6)}>
            +
          </button>
        </span>
      </div>
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        tabIndex={0}
        class={transform.value.k > 1 ? "enlarged" : undefined}
        onPointerMove={(event) => onHover(cellAt(event))}
        onPointerLeave={() => onHover(undefined)}
        onBlur={() => onHover(undefined)}
        onClick={(event) => {
          const cell = cellAt(event);
          if (cell) onPick(cell);
        }}
        onKeyDown={(event) => {
          const arrow = arrows[event.key];
          if (arrow) properties.onArrow(...arrow);
          else if (event.key === "Enter") onPick(properties.focus());
          else if (event.key === "+" || event.key === "=") enlarge(1.6);
          else if (event.key === "-") enlarge(1 / 1.6);
          else return;
          event.preventDefault();
        }}
      />
      <figcaption>{children}</figcaption>
    </figure>
  );
}

/** Two fingers or Ctrl and the wheel enlarge; what is enlarged is dragged. Else the page scrolls. */
function zoomOf(canvas: HTMLCanvasElement, grid: Grid, onZoom: (to: ZoomTransform) => void): Zoom {
  const behavior = zoom<HTMLCanvasElement, unknown>()
    .filter((event: MouseEvent | TouchEvent | WheelEvent) => {
      if ("touches" in event) return event.touches.length > 1 || grid.scale > 1;
      return event.type === "wheel" ? event.ctrlKey || event.metaKey : event.button === 0 && grid.scale > 1;
    })
    .on("zoom", ({ transform }: D3ZoomEvent<HTMLCanvasElement, unknown>) => onZoom(transform));
  select(canvas).call(behavior).on("dblclick.zoom", null);
  return behavior;
}

/** Nothing is dragged out of sight. */
function limit(behavior: Zoom | undefined, size: number, most: number): void {
  const whole: [[number, number], [number, number]] = [
    [0, 0],
    [size, size],
  ];
  behavior?.extent(whole).translateExtent(whole).scaleExtent([1, most]);
}

/** Shifts the picture when cells are not in sight. */
function follow(grid: Grid, behavior: Zoom, { row, column, size }: ReturnType<Properties["focus"]>): void {
  const { canvas, cell } = grid;
  const [left, top, side] = [grid.x(column), grid.y(row), size * cell];
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (left >= 0 && top >= 0 && left + side <= width && top + side <= height) return;
  behavior.translateTo(select(canvas), ...grid.restingPlace(column + size / 2, row + size / 2));
}
