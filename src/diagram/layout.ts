import type { Shape } from "../ir/type.ts";
import type { Category } from "./boxes.ts";
import { countBoxes, type Part } from "./structure.ts";

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface DrawnBox extends Rectangle {
  readonly path: string;
  /** As of the `Box`; of a module whose inside is not drawn, its path. */
  readonly layers: readonly string[];
  readonly title: string;
  readonly note: string;
  readonly category: Category;
}

export interface Frame extends Rectangle {
  readonly path: string;
}

/** A line from (x1, y1) down to (x2, y2); where they are in different columns it bends at its end. */
export interface Line {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  /** What flows: `64x56x56`. Empty where another line says it. */
  readonly label: string;
  readonly arrow: boolean;
}

/** A network as rectangles and lines, in pixels from the upper left corner. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly DrawnBox[];
  readonly frames: readonly Frame[];
  readonly lines: readonly Line[];
}

export interface LayoutOptions {
  /** Whether the inside of the module at a path is drawn. Default: all. */
  readonly expanded?: (path: string) => boolean;
}

/** Between what stands one under the other: room for an arrow and a shape. */
const gap = 38;
const apart = 28;
const margin = 24;
const padding = 14;
const heading = 20;
/** Below the last box of a frame: room for the shape that it puts out. */
const foot = 20;
const shortcutWidth = 44;

interface Point {
  readonly x: number;
  readonly y: number;
  readonly shape?: Shape;
}

interface Ends {
  readonly entries: readonly Point[];
  readonly exits: readonly Point[];
}

/** Places parts: one under the other, branches side by side, frames around modules. */
export function layout(parts: readonly Part[], { expanded = () => true }: LayoutOptions = {}): Drawing {
  const plan = new Plan(expanded);
  const { width, height } = plan.sizeOfSeries(parts);
  plan.placeSeries(parts, margin + width / 2, margin);
  const { boxes, frames, lines } = plan;
  return { width: width + 2 * margin, height: height + 2 * margin, boxes, frames, lines };
}

class Plan {
  readonly boxes: DrawnBox[] = [];
  readonly frames: Frame[] = [];
  readonly lines: Line[] = [];
  readonly #expanded: (path: string) => boolean;
  readonly #sizes = new Map<Part, { width: number; height: number }>();

  constructor(expanded: (path: string) => boolean) {
    this.#expanded = expanded;
  }

  sizeOfSeries(parts: readonly Part[]): { width: number; height: number } {
    if (parts.length === 0) return { width: shortcutWidth, height: 0 };
    const sizes = parts.map((part) => this.#sizeOf(part));
    return {
      width: Math.max(...sizes.map(({ width }) => width)),
      height: sizes.reduce((sum, { height }) => sum + height, 0) + gap * (parts.length - 1),
    };
  }

  /** Places parts below (x, y), the middle of their upper edge. */
  placeSeries(parts: readonly Part[], x: number, y: number): Ends {
    let top = y;
    const ends = parts.map((part) => {
      const placed = this.#place(part, x, top);
      top += this.#sizeOf(part).height + gap;
      return placed;
    });
    ends.forEach((end, index) => {
      const before = ends[index - 1];
      if (before !== undefined) this.#connect(before.exits, end.entries);
    });
    return { entries: ends[0]?.entries ?? [], exits: ends.at(-1)?.exits ?? [] };
  }

  #sizeOf(part: Part): { width: number; height: number } {
    const known = this.#sizes.get(part);
    if (known !== undefined) return known;
    const size = this.#measure(part);
    this.#sizes.set(part, size);
    return size;
  }

  #measure(part: Part): { width: number; height: number } {
    if (part.kind === "parallel") {
      const sizes = part.branches.map((branch) => this.sizeOfSeries(branch));
      const width = sizes.reduce((sum, size) => sum + size.width, 0) + apart * (sizes.length - 1);
      // As much room on the left as a shortcut takes on the right keeps the other branch in the middle.
      const balance = hasShortcutOnly(part.branches) ? shortcutWidth + apart : 0;
      return { width: width + balance, height: Math.max(...sizes.map(({ height }) => height)) };
    }
    if (part.kind === "group" && this.#expanded(part.path)) {
      const { width, height } = this.sizeOfSeries(part.parts);
      const least = 7 * part.path.length;
      return { width: Math.max(width, least) + 2 * padding, height: height + padding + heading + foot };
    }
    const { title, note } = drawn(part);
    if (title === "+") return { width: 30 + 8 * note.length, height: 30 };
    return {
      width: Math.max(130, 7.8 * title.length + 24, 6.2 * note.length + 24),
      height: note === "" ? 32 : 46,
    };
  }

  #place(part: Part, x: number, y: number): Ends {
    const { width, height } = this.#sizeOf(part);
    if (part.kind === "parallel") return this.#placeBranches(part.branches, x, y);
    if (part.kind === "group" && this.#expanded(part.path)) {
      this.frames.push({ x: x - width / 2, y, width, height, path: part.path });
      return this.placeSeries(part.parts, x, y + padding + heading);
    }
    this.boxes.push({ x: x - width / 2, y, width, height, ...drawn(part) });
    return { entries: [{ x, y }], exits: [{ x, y: y + height, shape: part.output }] };
  }

  #placeBranches(branches: readonly (readonly Part[])[], x: number, y: number): Ends {
    // Shortcuts go on the right, where their arcs do not cross the others.
    const ordered = [...branches].sort((a, b) => Number(a.length === 0) - Number(b.length === 0));
    const sizes = ordered.map((branch) => this.sizeOfSeries(branch));
    const height = Math.max(...sizes.map((size) => size.height));
    const total = sizes.reduce((sum, size) => sum + size.width, 0) + apart * (sizes.length - 1);
    let left = x - total / 2 + (hasShortcutOnly(branches) ? (shortcutWidth + apart) / 2 : 0);
    const ends = ordered.map((branch, index): Ends => {
      const width = sizes[index]?.width ?? 0;
      const middle = left + width / 2;
      left += width + apart;
      if (branch.length > 0) return this.placeSeries(branch, middle, y);
      this.lines.push({ x1: middle, y1: y, x2: middle, y2: y + height, label: "", arrow: false });
      return { entries: [{ x: middle, y, shape: [] }], exits: [{ x: middle, y: y + height }] };
    });
    return { entries: ends.flatMap(({ entries }) => entries), exits: ends.flatMap(({ exits }) => exits) };
  }

  #connect(exits: readonly Point[], entries: readonly Point[]): void {
    for (const exit of exits)
      entries.forEach((entry, index) => {
        const label = index === 0 && exit.shape !== undefined ? exit.shape.join("x") : "";
        const line = { x1: exit.x, y1: exit.y, x2: entry.x, y2: entry.y };
        // A shortcut's way goes on; all others end at a box.
        this.lines.push({ ...line, label, arrow: entry.shape === undefined });
      });
  }
}

/** What stands for a box, or for a module whose inside is not drawn. */
function drawn(part: Exclude<Part, { kind: "parallel" }>): Omit<DrawnBox, keyof Rectangle> {
  if (part.kind === "box") {
    const { path, layers, title, note, category } = part;
    return { path, layers, title, note, category };
  }
  const { path, parts } = part;
  return { path, layers: [path], title: path, note: `${countBoxes(parts)} steps`, category: "modules" };
}

function hasShortcutOnly(branches: readonly (readonly Part[])[]): boolean {
  return branches.length === 2 && branches.filter((branch) => branch.length === 0).length === 1;
}
