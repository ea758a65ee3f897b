import type { DrawnBox, Frame, Line } from "convnets/diagram";
import type { JSX } from "preact";
import type { Heat } from "./heat.ts";
import { keyOf } from "./parts.ts";

interface BoxProps {
  readonly box: DrawnBox;
  readonly heat: Heat | undefined;
  readonly selected: boolean;
  /** The one box that Tab leads to. */
  readonly reachable: boolean;
  readonly onPress: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export function BoxShape({ box, heat, selected, reachable, onPress, onKeyDown }: BoxProps): JSX.Element {
  const { x, y, width, height, title, note, category } = box;
  const plus = title === "+";
  const below = heat === undefined || plus ? note : heat.text;
  const text = plus && note !== "" ? `+ ${note}` : title;
  const two = !plus && below !== "";
  const module = category === "modules";
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing holds no button elements
    <g
      role="button"
      tabindex={reachable ? 0 : -1}
      class={`box ${heat === undefined ? category : "heat"}${selected ? " selected" : ""}`}
      style={heat && { "--share": `${Math.round(heat.share * 60)}%` }}
      data-key={keyOf(box)}
      aria-label={labelOf(box, heat)}
      aria-pressed={module ? undefined : selected}
      aria-expanded={module ? false : undefined}
      transform={`translate(${x} ${y})`}
      onClick={onPress}
      onKeyDown={onKeyDown}
    >
      <rect width={width} height={height} rx={category === "join" ? height / 2 : 7} />
      <text x={width / 2} y={two ? (height > 40 ? 19 : 14.5) : height / 2 + 4.5}>
        {text}
      </text>
      {/* Between the words of two lines, for those who hear the box by its text. */}
      {two && " "}
      {two && (
        <text class="below" x={width / 2} y={height > 40 ? 36 : 27}>
          {below}
        </text>
      )}
    </g>
  );
}

/** What is written in the box, and where it is. */
function labelOf({ title, note, path, category }: DrawnBox, heat: Heat | undefined): string {
  const written = title === "+" ? [`+ ${note}`, heat?.text] : [title, heat?.text, note];
  const where = path === "" || category === "modules" ? "" : `in ${path}`;
  return [...written, category === "modules" ? "module" : where]
    .filter((word) => word !== undefined && word.trim() !== "")
    .join(", ");
}

interface FrameProps {
  readonly frame: Frame;
  readonly odd: boolean;
  readonly selected: boolean;
  readonly onClose: () => void;
  readonly onSelect: () => void;
}

/** The outline of an open module; its name closes it. */
export function FrameShape({ frame, odd, selected, onClose, onSelect }: FrameProps): JSX.Element {
  const { x, y, width, height, path } = frame;
  const press = ({ key }: KeyboardEvent) => {
    if (key === "Enter" || key === " ") onClose();
  };
  return (
    <g class={`frame${odd ? " odd" : ""}${selected ? " selected" : ""}`} transform={`translate(${x} ${y})`}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the table beside it selects modules by keyboard */}
      <rect width={width} height={height} rx={10} onClick={onSelect} />
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing holds no button elements */}
      <g
        role="button"
        tabindex={-1}
        aria-expanded={true}
        aria-label={`Close module ${path}`}
        onClick={onClose}
        onKeyDown={press}
      >
        <rect class="handle" x={6} y={5} width={7 * path.length + 26} height={21} rx={6} />
        <text x={12} y={19}>
          − {path}
        </text>
      </g>
    </g>
  );
}

/** The last stretch of a line that changes its column. */
const bend = 24;

export function LineShape({ line, arrow }: { readonly line: Line; readonly arrow: string }): JSX.Element {
  const { x1, y1, x2, y2, label } = line;
  const from = Math.max(y1, y2 - bend);
  const middle = (from + y2) / 2;
  const way = x1 === x2 ? `V${y2}` : `V${from}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
  return (
    <g class="line">
      <path d={`M${x1} ${y1}${way}`} marker-end={line.arrow ? `url(#${arrow})` : undefined} />
      {label !== "" && (
        <text x={x1 + 6} y={y1 + 13}>
          {label}
        </text>
      )}
    </g>
  );
}
