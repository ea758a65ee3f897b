import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { parseRoute, type Route } from "./address.ts";

export { href, type Route } from "./address.ts";

// The part behind # needs no server that knows of pages.
const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

/** The route that the address bar shows. */
export const route: ReadonlySignal<Route> = computed(() => parseRoute(hash.value));

/**
 * Changes the address without a new entry in the history: for what a reader adjusts rather than visits. A page that the
 * reader is leaving changes nothing.
 */
export function replaceRoute(to: string): void {
  // A link that was followed is in the address before an event tells of it; writing then would lead back.
  if (location.hash !== hash.peek()) return;
  history.replaceState(null, "", to);
  hash.value = location.hash;
}
