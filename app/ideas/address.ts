import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { href, replaceRoute, route } from "../shell/route.ts";
import type { Addressing } from "./query.ts";

/** A state that the address has in its query, and that follows the address. */
export function useAddressed<T>({ parse, format }: Addressing<T>): Signal<T> {
  const state = useSignal<T>(parse(route.peek().query));
  const same = (a: T, b: T) => JSON.stringify(format(a)) === JSON.stringify(format(b));
  useSignalEffect(() => {
    const given = parse(route.value.query);
    if (!same(given, state.peek())) state.value = given;
  });
  useSignalEffect(() => {
    if (!same(state.value, parse(route.peek().query))) write(format(state.value));
  });
  return state;
}

const waiting = new Map<string, string>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Browsers stop pages that change the address at every move of a slider. */
function write(entries: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(entries)) waiting.set(key, value);
  clearTimeout(timer);
  timer = setTimeout(() => {
    const { page, detail, query } = route.peek();
    // The reader may have left meanwhile.
    if (page === "architectures" && detail === "ideas")
      replaceRoute(href(page, detail, { ...Object.fromEntries(query), ...Object.fromEntries(waiting) }));
    waiting.clear();
  }, 250);
}
