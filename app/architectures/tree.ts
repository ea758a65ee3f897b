import type { Box, Part } from "convnets/diagram";
import type { Row } from "convnets/models";

/** So many boxes a reader can look over at once. */
const atOnce = 28;

/** Which modules are open when a network is first shown: level by level, as long as not too much is drawn. */
export function firstOpen(parts: readonly Part[]): ReadonlySet<string> {
  let open: ReadonlySet<string> = new Set();
  for (;;) {
    const closed = groupsOf(parts, open).filter((path) => !open.has(path));
    const next = new Set([...open, ...closed]);
    if (closed.length === 0 || countDrawn(parts, next) > atOnce) return open;
    open = next;
  }
}

/** Every module that can be opened. */
export function allGroups(parts: readonly Part[]): readonly string[] {
  return parts.flatMap((part) => {
    if (part.kind === "box") return [];
    return part.kind === "group" ? [part.path, ...allGroups(part.parts)] : allGroups(part.branches.flat());
  });
}

/** Modules that are drawn, closed or open, when those of `open` are. */
function groupsOf(parts: readonly Part[], open: ReadonlySet<string>): readonly string[] {
  return parts.flatMap((part) => {
    if (part.kind === "box") return [];
    if (part.kind === "parallel") return groupsOf(part.branches.flat(), open);
    return [part.path, ...(open.has(part.path) ? groupsOf(part.parts, open) : [])];
  });
}

function countDrawn(parts: readonly Part[], open: ReadonlySet<string>): number {
  return parts.reduce((sum, part) => {
    if (part.kind === "box") return sum + 1;
    if (part.kind === "parallel") return sum + countDrawn(part.branches.flat(), open);
    return sum + (open.has(part.path) ? countDrawn(part.parts, open) : 1);
  }, 0);
}

/** The module or the step that stands for a layer; undefined where no drawing shows it. */
export function findPart(
  parts: readonly Part[],
  layer: string,
): Exclude<Part, { kind: "parallel" }> | undefined {
  for (const part of parts) {
    if (part.kind === "parallel") {
      const found = findPart(part.branches.flat(), layer);
      if (found !== undefined) return found;
    } else if (stands(part, layer)) return part;
    else if (part.kind === "group") {
      const found = findPart(part.parts, layer);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function stands(part: Box | Exclude<Part, { kind: "parallel" | "box" }>, layer: string): boolean {
  return part.path === layer || (part.kind === "box" && part.layers.includes(layer));
}

/** The modules around a layer, outermost first: of `a.b.c` a and a.b. */
export function around(layer: string): readonly string[] {
  const names = layer.split(".");
  return names.slice(0, -1).map((_, index) => names.slice(0, index + 1).join("."));
}

/** A layer in the list, its name within the one around it, and whether others are in it. */
export interface Branch {
  readonly row: Row;
  readonly name: string;
  readonly inner: boolean;
}

/** The rows whose modules are all open, in order. The network itself is always open. */
export function visibleRows(rows: readonly Row[], open: ReadonlySet<string>): readonly Branch[] {
  const shown: Branch[] = [];
  // Below this level rows are in a module that is closed.
  let limit = Number.POSITIVE_INFINITY;
  const outer: string[] = [];
  rows.forEach((row, index) => {
    outer[row.level] = row.path;
    if (row.level > limit) return;
    const inner = (rows[index + 1]?.level ?? 0) > row.level;
    limit = inner && row.level > 0 && !open.has(row.path) ? row.level : Number.POSITIVE_INFINITY;
    const before = row.level < 2 ? 0 : `${outer[row.level - 1]}.`.length;
    shown.push({ row, name: row.path === "" ? row.kind : row.path.slice(before), inner });
  });
  return shown;
}
