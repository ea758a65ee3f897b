import { type ReadonlySignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { dark } from "../shell/theme.ts";
import { aligned, type Points } from "./curve.ts";
import "./plot.css";

/** A line, and how it looks. */
export interface Line extends Points {
  readonly label: string;
  /** A custom property of the style sheet: `--series-0`. */
  readonly colour: string;
  readonly faint?: boolean;
  /** Points alone, not joined: `dots`, or joined ones. */
  readonly dots?: boolean;
  readonly dashed?: boolean;
}

export interface PlotProps {
  /** What it shows, for those who do not see it. The numbers should be in a table beside it. */
  readonly label: string;
  readonly lines: ReadonlySignal<readonly Line[]>;
  readonly x: string;
  readonly range?: { readonly x?: readonly [number, number]; readonly y?: readonly [number, number] };
  readonly format: (value: number) => string;
  readonly height?: number;
}

/** Curves that grow. Drawn at most once a frame; new only when lines come or go, or colours change. */
export function Plot({ label, lines, x, range, format, height = 220 }: PlotProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<{ plot: uPlot; key: string } | undefined>(undefined);
  const frame = useRef(0);

  const draw = () => {
    frame.current = 0;
    const { current: element } = host;
    if (element === null || element.clientWidth === 0) return;
    const now = lines.peek();
    const key = JSON.stringify([dark.peek(), range, now.map(({ x: _, y: __, ...look }) => look)]);
    // A value that is missing is `undefined`, which uPlot joins over; its types want null, which it does not.
    const data = aligned(now) as uPlot.AlignedData;
    if (shown.current?.key === key) {
      shown.current.plot.setData(data);
      return;
    }
    shown.current?.plot.destroy();
    const size = { width: element.clientWidth, height };
    const plot = new uPlot(
      optionsOf(element, now, { x, format, size, ...(range && { range }) }),
      data,
      element,
    );
    shown.current = { plot, key };
  };
  const schedule = () => {
    if (frame.current === 0) frame.current = requestAnimationFrame(draw);
  };
  useSignalEffect(() => {
    void lines.value;
    void dark.value;
    schedule();
  });
  useEffect(schedule);
  useEffect(() => {
    const { current: element } = host;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      if (shown.current) shown.current.plot.setSize({ width: element.clientWidth, height });
      else schedule();
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame.current);
      shown.current?.plot.destroy();
      shown.current = undefined;
    };
  }, []);
  return (
    <figure class="plot">
      <div ref={host} role="img" aria-label={label} style={{ height: `${height}px` }} />
      <Key lines={lines} />
    </figure>
  );
}

function Key({ lines }: Pick<PlotProps, "lines">): JSX.Element {
  return (
    <figcaption class="row">
      {lines.value
        .filter(({ faint }) => !faint)
        .map(({ label, colour, dots, dashed }, index) => (
          <span key={`${index} ${label}`} class="key">
            <i
              class={dots ? "dots" : dashed ? "dashed" : ""}
              style={{ color: `var(${colour})` }}
              aria-hidden="true"
            />
            {label}
          </span>
        ))}
    </figcaption>
  );
}

function optionsOf(
  element: HTMLElement,
  lines: readonly Line[],
  {
    x,
    format,
    size,
    range,
  }: Pick<PlotProps, "x" | "format" | "range"> & { size: { width: number; height: number } },
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => resolved(element, name);
  const axis: uPlot.Axis = {
    stroke: colour("--muted"),
    grid: { stroke: colour("--grid"), width: 1 },
    ticks: { stroke: colour("--grid"), width: 1, size: 4 },
    font: `12px ${style.fontFamily}`,
  };
  const bounds = (given: readonly [number, number] | undefined): uPlot.Scale =>
    given ? { time: false, range: [...given] } : { time: false };
  return {
    ...size,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: bounds(range?.x), y: bounds(range?.y) },
    axes: [
      { ...axis, label: x, labelSize: 18, labelFont: `12px ${style.fontFamily}`, size: 30 },
      { ...axis, size: 52, values: (_, values) => values.map(format) },
    ],
    series: [
      {},
      ...lines.map(
        (line): uPlot.Series => ({
          label: line.label,
          stroke: colour(line.colour),
          alpha: line.faint ? 0.28 : 1,
          width: line.faint ? 1 : 2,
          ...(line.dashed && { dash: [6, 4] }),
          points: line.dots
            ? { show: true, size: 7, fill: colour(line.colour), stroke: colour("--paper") }
            : { show: false },
        }),
      ),
    ],
  };
}

/** A colour of the style sheet as a canvas takes it: `light-dark()` is resolved for the element. */
function resolved(element: HTMLElement, name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
