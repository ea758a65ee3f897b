import { effect, type Signal, signal } from "@preact/signals";
import { href, replaceRoute, route } from "../shell/route.ts";
import { changed, fromQuery, type Settings, toQuery } from "./settings.ts";

/** What the next training is set to. It is in the address. */
export const settings: Signal<Settings> = signal(fromQuery(route.value.query));

/** Whether it tests on some of the held-out pictures within epochs. */
export const testsOften: Signal<boolean> = signal(true);

export function change(part: Partial<Settings>): void {
  settings.value = changed(settings.value, part);
}

effect(() => {
  if (route.value.page === "train" && route.value.query.size > 0)
    settings.value = fromQuery(route.value.query);
});

/** Writes the settings into the address, when its page is shown. */
export function tellAddress(): void {
  if (route.peek().page === "train")
    replaceRoute(href("train", route.peek().detail, toQuery(settings.value)));
}
