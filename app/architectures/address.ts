import { href, type Route } from "../shell/address.ts";
import { type Colouring, colourings } from "./costs.ts";
import type { Request } from "./description.ts";

/** What the page shows, as its address says it. */
export interface View {
  readonly name: string;
  /** The network beside it. */
  readonly beside?: string | undefined;
  /** The selected layers. */
  readonly layer?: string | undefined;
  readonly besideLayer?: string | undefined;
  readonly colouring: Colouring;
  readonly classes?: number | undefined;
  readonly size?: number | undefined;
}

/** Inception modules are what the page is best at. */
export const firstName = "googlenet";

export function parseView({ detail, query }: Pick<Route, "detail" | "query">): View {
  return {
    name: detail === "" ? firstName : detail,
    beside: query.get("with") ?? undefined,
    layer: query.get("layer") ?? undefined,
    besideLayer: query.get("withLayer") ?? undefined,
    colouring: colourings.find((name) => name === query.get("colour")) ?? "kind",
    classes: wholeOf(query.get("classes")),
    size: wholeOf(query.get("size")),
  };
}

export function formatView(view: View): string {
  const { name, beside, layer, besideLayer, colouring, classes, size } = view;
  return href("architectures", name, {
    ...(beside !== undefined && { with: beside }),
    ...(layer !== undefined && { layer }),
    ...(beside !== undefined && besideLayer !== undefined && { withLayer: besideLayer }),
    ...(colouring !== "kind" && { colour: colouring }),
    ...(classes !== undefined && { classes: `${classes}` }),
    ...(size !== undefined && { size: `${size}` }),
  });
}

/** The two networks of a view change places, with their selected layers. */
export function swapped(view: View): View {
  const { name, beside = name, layer, besideLayer } = view;
  return { ...view, name: beside, beside: name, layer: besideLayer, besideLayer: layer };
}

export function requestOf({ classes, size }: View, name: string): Request {
  return { name, classes, size };
}

/** A network that can't be built so says why; only what is no number at all is left out. */
function wholeOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}
