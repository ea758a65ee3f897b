import { UsageError } from "../ir/errors.ts";
import type { Shape } from "../ir/type.ts";
import type { Classifier } from "../nn/classifier.ts";
import { type Box, type BoxGraph, boxGraph } from "./boxes.ts";

/** Branches that read the same and meet in the box that follows. One without parts is a shortcut. */
export interface Parallel {
  readonly kind: "parallel";
  readonly branches: readonly (readonly Part[])[];
}

/** A module made of others. */
export interface Group {
  readonly kind: "group";
  readonly path: string;
  readonly parts: readonly Part[];
  readonly output: Shape;
}

/** What stands one under the other. */
export type Part = Box | Parallel | Group;

/**
 * A network as steps one after the other and side by side, in frames for its modules. Throws `UsageError` for a network
 * whose branches cross, which can't be told so.
 */
export function structure(model: Classifier): readonly Part[] {
  const graph = boxGraph(model);
  const splitter = new Splitter(graph);
  return framed(splitter.series(graph.boxes[0], undefined), 0, graph);
}

/** Takes a graph of boxes apart, into what is one after the other and what is side by side. */
class Splitter {
  readonly #graph: BoxGraph;
  readonly #place: ReadonlyMap<Box, number>;
  readonly #meetings = new Map<Box, Box>();
  readonly #seen = new Set<Box>();

  constructor(graph: BoxGraph) {
    this.#graph = graph;
    this.#place = new Map(graph.boxes.map((box, index) => [box, index]));
    for (const box of graph.boxes.toReversed()) {
      const meeting = this.#meetingOf(graph.next.get(box) ?? []);
      if (meeting !== undefined) this.#meetings.set(box, meeting);
    }
  }

  /** What lies from `first` to in front of `end`. */
  series(first: Box | undefined, end: Box | undefined): readonly Part[] {
    const parts: Part[] = [];
    for (let box = first; box !== undefined && box !== end; box = this.#meetings.get(box)) {
      if (this.#seen.has(box)) throw crossing(box);
      this.#seen.add(box);
      parts.push(box);
      const readers = this.#graph.next.get(box) ?? [];
      if (readers.length > 1) parts.push(this.#parallel(readers, this.#meetings.get(box)));
    }
    return parts;
  }

  /** Branches that begin with `firsts`; some of them may meet before all do, and go on as one. */
  #parallel(firsts: readonly Box[], end: Box | undefined): Parallel {
    const clusters: { readonly firsts: Box[]; readonly reached: Set<Box> }[] = [];
    for (const first of firsts) {
      const reached = this.#reached(first, end);
      const joined = clusters.find((cluster) => [...reached].some((box) => cluster.reached.has(box)));
      joined?.firsts.push(first);
      for (const box of reached) joined?.reached.add(box);
      if (joined === undefined) clusters.push({ firsts: [first], reached });
    }
    const branches = clusters.map((cluster) => {
      const [first, ...others] = cluster.firsts;
      if (first === undefined || others.length === 0) return this.series(first, end);
      const meeting = this.#meetingOf(cluster.firsts);
      if (meeting === end) throw crossing(first);
      return [this.#parallel(cluster.firsts, meeting), ...this.series(meeting, end)];
    });
    return { kind: "parallel", branches };
  }

  #reached(first: Box, end: Box | undefined): Set<Box> {
    const reached = new Set<Box>(first === end ? [] : [first]);
    for (const box of reached)
      for (const reader of this.#graph.next.get(box) ?? []) if (reader !== end) reached.add(reader);
    return reached;
  }

  /** The first box that every way from any of `boxes` leads through: their common post-dominator. */
  #meetingOf([first, ...rest]: readonly Box[]): Box | undefined {
    const placeOf = (box: Box) => this.#place.get(box) ?? 0;
    return rest.reduce<Box | undefined>((meeting, box) => {
      let [one, other]: [Box | undefined, Box | undefined] = [meeting, box];
      while (one !== other && one !== undefined && other !== undefined)
        if (placeOf(one) < placeOf(other)) one = this.#meetings.get(one);
        else other = this.#meetings.get(other);
      return one;
    }, first);
  }
}

function crossing({ path }: Box): UsageError {
  return new UsageError(`diagram: ${path || "the network"} has branches that cross, which can't be drawn`);
}

/** How many boxes parts hold. */
export function countBoxes(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => {
    if (part.kind === "box") return sum + 1;
    return (
      sum +
      (part.kind === "group" ? [part.parts] : part.branches).reduce((n, inner) => n + countBoxes(inner), 0)
    );
  }, 0);
}

/** Puts frames around what lies in one module, `depth` modules deep. */
function framed(parts: readonly Part[], depth: number, graph: BoxGraph): readonly Part[] {
  const result: Part[] = [];
  for (let start = 0; start < parts.length; ) {
    const path = pathOf(parts[start], depth, graph);
    let end = start + 1;
    while (path !== undefined && end < parts.length && pathOf(parts[end], depth, graph) === path) end++;
    const some = parts.slice(start, end);
    if (path !== undefined) result.push(...group(path, framed(some, depth + 1, graph)));
    else result.push(...some.map((part) => framedBranches(part, depth, graph)));
    start = end;
  }
  return result;
}

function framedBranches(part: Part, depth: number, graph: BoxGraph): Part {
  if (part.kind !== "parallel") return part;
  const branches = part.branches.map((branch) => {
    const inner = framed(branch, depth, graph);
    const [only] = inner;
    // A frame around a whole branch would say nothing that its column does not.
    return inner.length === 1 && only?.kind === "group" ? only.parts : inner;
  });
  return { ...part, branches };
}

function group(path: string, parts: readonly Part[]): readonly Part[] {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && only.kind !== "parallel")
    return [only.kind === "box" ? { ...only, path } : only];
  const last = parts.at(-1);
  return [
    { kind: "group", path, parts, output: last === undefined || last.kind === "parallel" ? [] : last.output },
  ];
}

/** The module that a part lies in, `depth` modules deep; undefined where it lies in no such one as a whole. */
function pathOf(part: Part | undefined, depth: number, graph: BoxGraph): string | undefined {
  if (part === undefined) return undefined;
  if (part.kind === "box") return graph.around.get(part)?.[depth];
  const inner = part.kind === "group" ? part.parts : part.branches.flat();
  const [first, ...rest] = inner.map((one) => pathOf(one, depth, graph));
  return rest.every((path) => path === first) ? first : undefined;
}
