import { computed, type ReadonlySignal, signal } from "@preact/signals";

/** Where the reader is: `#/architectures/resnet50?with=vgg16` is page `architectures`, detail `resnet50`, with=vgg16. */
export interface Route {
  readonly page: string;
  /** What follows the page's name, decoded. Empty for the page itself. */
  readonly detail: string;
  readonly query: URLSearchParams;
}

// The part behind # needs no server that knows of pages.
const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

/** The route that the address bar shows. */
export const route: ReadonlySignal<Route> = computed(() => parseRoute(hash.value));

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?");
  const [page = "", ...detail] = path.split("/");
  return { page, detail: decoded(detail.join("/")), query: new URLSearchParams(query) };
}

/** Anyone can write an address; one with a broken escape is taken as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a route, for `href`. */
export function href(page: string, detail = "", query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(query).toString();
  const tail = detail === "" ? "" : `/${encodeURIComponent(detail)}`;
  return `#/${page}${tail}${search === "" ? "" : `?${search}`}`;
}

/** Changes the address without a new entry in the history: for what a reader adjusts rather than visits. */
export function replaceRoute(to: string): void {
  history.replaceState(null, "", to);
  hash.value = location.hash;
}
