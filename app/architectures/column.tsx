import { type ReadonlySignal, type Signal, useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Colouring } from "./costs.ts";
import type { Description, Request } from "./description.ts";
import { Details } from "./details.tsx";
import { Diagram } from "./diagram.tsx";
import { Layers } from "./layers.tsx";
import { createSelection } from "./selection.ts";
import { firstOpen } from "./tree.ts";
import { describe } from "./zoo.ts";

/** A description that is under way, there, or can't be made. */
export interface Asked {
  readonly description?: Description;
  readonly failure?: string;
}

/** What the worker tells of a network; what was there before stays until then. */
export function useDescription(request: ReadonlySignal<Request | undefined>): Signal<Asked> {
  const asked = useSignal<Asked>({});
  useSignalEffect(() => {
    const wanted = request.value;
    let overtaken = false;
    if (wanted === undefined) asked.value = {};
    else
      describe(wanted).then(
        (description) => {
          if (!overtaken) asked.value = { description };
        },
        (error: unknown) => {
          if (!overtaken) asked.value = { failure: error instanceof Error ? error.message : String(error) };
        },
      );
    return () => {
      overtaken = true;
    };
  });
  return asked;
}

interface Props {
  readonly description: Description;
  readonly layer: string | undefined;
  readonly colouring: Colouring;
  /** Whether it shares the page's width. */
  readonly narrow: boolean;
  readonly onSelect: (layer: string | undefined) => void;
  /** What stands above the selected layer. */
  readonly children?: ComponentChildren;
}

/** One network: its diagram, the selected layer, and all layers, which belong together. */
export function Column({ description, layer, colouring, narrow, onSelect, children }: Props): JSX.Element {
  const selection = useMemo(() => createSelection(firstOpen(description.parts), layer), [description]);
  useSignalEffect(() => {
    if (selection.selected.value !== layer) onSelect(selection.selected.value);
  });
  // An address that was written elsewhere.
  useEffect(() => {
    if (layer === selection.selected.peek()) return;
    if (layer === undefined) selection.selected.value = undefined;
    else selection.reveal(layer);
  }, [layer, selection]);
  // The address changes with every selection, and the page with the address; these follow the selection by themselves.
  const diagram = useMemo(
    () => <Diagram description={description} selection={selection} colouring={colouring} />,
    [description, selection, colouring],
  );
  const list = useMemo(
    () => <Layers description={description} selection={selection} />,
    [description, selection],
  );
  return (
    <div class={narrow ? "column narrow" : "column"}>
      <section class="card" aria-label={`Diagram of ${description.name}`}>
        {diagram}
      </section>
      <section class="card beside" aria-label={`Layers of ${description.name}`}>
        {children}
        <Details description={description} selection={selection} />
        {narrow ? (
          <details>
            <summary>All layers of {description.name}</summary>
            {list}
          </details>
        ) : (
          list
        )}
      </section>
    </div>
  );
}
