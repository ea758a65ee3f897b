/** Where the reader is: `#/architectures/resnet50?with=vgg16` is page `architectures`, detail `resnet50`, with=vgg16. */
export interface Route {
  readonly page: string;
  /** What follows the page's name, decoded. Empty for the page itself. */
  readonly detail: string;
  readonly query: URLSearchParams;
}

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
