import { computed, type ReadonlySignal } from "@preact/signals";
import { dark } from "../shell/theme.ts";
import { type Rgb, signedTable } from "./colours.ts";

/** The page's colours, for what is drawn on canvases. */
export interface Palette {
  readonly paper: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly accent: string;
  /** What reads a pixel, and what a maximum takes. */
  readonly mark: string;
  readonly signed: Uint8ClampedArray;
}

export const palette: ReadonlySignal<Palette> = computed(() => {
  // Read again whenever the page turns dark or light.
  dark.value;
  const probe = document.body.appendChild(document.createElement("span"));
  const resolved = (property: string): string => {
    probe.style.color = `var(${property})`;
    return getComputedStyle(probe).color;
  };
  const [paper, negative, positive] = ["--paper", "--series-0", "--series-1"].map(resolved);
  const found: Palette = {
    paper: paper ?? "",
    ink: resolved("--ink"),
    muted: resolved("--muted"),
    grid: resolved("--grid"),
    accent: resolved("--series-5"),
    mark: resolved("--series-2"),
    signed: signedTable(rgb(negative), rgb(paper), rgb(positive)),
  };
  probe.remove();
  return found;
});

function rgb(colour = ""): Rgb {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}
