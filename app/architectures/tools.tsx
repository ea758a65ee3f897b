import type { Category } from "convnets/diagram";
import type { JSX } from "preact";
import { type Colouring, colouringTitles } from "./costs.ts";

interface Props {
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
  readonly onOpenAll: () => void;
  readonly onCloseAll: () => void;
}

/** How much one press zooms. */
export const zoomStep = 1.4;

/** What moves a diagram without a mouse, and opens or closes all of it. */
export function Tools({ onZoom, onFit, onOpenAll, onCloseAll }: Props): JSX.Element {
  return (
    <div class="row tools">
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => onZoom(zoomStep)}>
        +
      </button>
      <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => onZoom(1 / zoomStep)}>
        −
      </button>
      <button type="button" title="Show all of it (0)" onClick={onFit}>
        Fit
      </button>
      <button type="button" onClick={onOpenAll}>
        Open all
      </button>
      <button type="button" onClick={onCloseAll}>
        Close all
      </button>
    </div>
  );
}

const kinds: readonly (readonly [Category, string])[] = [
  ["convolution", "convolution"],
  ["pooling", "pooling"],
  ["connection", "full connection"],
  ["join", "join"],
  ["modules", "module, opens"],
];

/** What the colours mean. */
export function Legend({ colouring }: { readonly colouring: Colouring }): JSX.Element {
  if (colouring !== "kind")
    return (
      <p class="legend">
        {colouringTitles[colouring]}: little <i class="ramp" />{" "}
        {colouring === "field" ? "the widest" : "all of it"}
      </p>
    );
  return (
    <p class="legend">
      {kinds.map(([category, title]) => (
        <span key={category}>
          <i class={category} /> {title}
        </span>
      ))}
    </p>
  );
}
