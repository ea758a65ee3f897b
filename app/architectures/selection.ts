import { type Signal, signal } from "@preact/signals";
import { around } from "./tree.ts";

/** What a reader looks at in one network: the same for its diagram, its list of layers and its details. */
export interface Selection {
  /** A layer's name; undefined for the network. */
  readonly selected: Signal<string | undefined>;
  /** The modules whose inside is shown. */
  readonly open: Signal<ReadonlySet<string>>;
  /** What the diagram is to move to; it takes it away when it has. */
  readonly target: Signal<string | undefined>;
  toggle(path: string): void;
  /** Opens a module, selects it and moves there. */
  enter(path: string): void;
  /** Closes a module, selects it and moves there. */
  leave(path: string): void;
  /** Selects a layer, opens what is around it and moves there. */
  reveal(layer: string): void;
}

export function createSelection(open: ReadonlySet<string>, layer: string | undefined): Selection {
  const selection = {
    selected: signal(layer),
    open: signal(layer === undefined ? open : new Set([...open, ...around(layer)])),
    target: signal(layer),
    toggle(path: string) {
      const { open } = selection;
      open.value = open.value.has(path) ? without(open.value, path) : new Set([...open.value, path]);
    },
    enter(path: string) {
      selection.open.value = new Set([...selection.open.value, path]);
      selection.selected.value = path;
      selection.target.value = path;
    },
    leave(path: string) {
      selection.open.value = without(selection.open.value, path);
      selection.selected.value = path;
      selection.target.value = path;
    },
    reveal(path: string) {
      selection.open.value = new Set([...selection.open.value, ...around(path)]);
      selection.selected.value = path;
      selection.target.value = path;
    },
  };
  return selection;
}

function without(paths: ReadonlySet<string>, path: string): ReadonlySet<string> {
  return new Set([...paths].filter((other) => other !== path));
}
