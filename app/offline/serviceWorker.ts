// Keeps the files of this build, so that the page works without its server, and gives every answer the headers with
// which a page may have threads, which not every host of static files can send. Built into `serviceWorker.js`.

/** Of this build, by `asset.ts`: paths from the page's folder, and what tells it from others. */
declare const buildFiles: readonly string[];
declare const buildVersion: string;

// TypeScript has these in a library that is not for pages.
interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
declare const self: {
  readonly location: Location;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
};

const prefix = "convnets-";
const current = `${prefix}${buildVersion}`;
const scope = new URL("./", self.location.href);
/** In the page's head: another project's page at this address is none of ours. */
const mark = 'name="application-name" content="convnets"';

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || !url.href.startsWith(scope.href)) return;
  const path = url.pathname.slice(scope.pathname.length);
  if (request.mode === "navigate" && (path === "" || path === "index.html")) event.respondWith(page(request));
  else if (path.startsWith("assets/")) event.respondWith(asset(request));
  else if (buildFiles.includes(path)) event.respondWith(fresh(request));
});

/** Puts all files of this build aside. Fails as a whole where one can't be had, and is tried again at the next visit. */
async function fill(): Promise<void> {
  const cache = await caches.open(current);
  const one = async (path: string) => {
    const url = new URL(path, scope);
    // What a build before it has under a name that follows from what is inside needs no second journey.
    const known = path.startsWith("assets/") ? await caches.match(url, { ignoreVary: true }) : undefined;
    const response = known ?? (await fetch(url, { cache: "no-cache" }));
    if (!response.ok) throw new Error(`${path}: the server answers ${response.status}`);
    await cache.put(url, response);
  };
  await Promise.all(buildFiles.map(one));
}

/** Drops old builds, but for the last: a page of it may be open and not have loaded all its parts yet. */
async function tidy(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== current);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
}

/** The page, as new as its server has it: its parts have names of their own build. */
async function page(request: Request): Promise<Response> {
  const found = await reached(request);
  if (found === undefined) return isolated(await kept(new URL("index.html", scope)));
  if (!found.ok) return found;
  const text = await found.clone().text();
  if (text.includes(mark)) return isolated(found);
  // The address is another project's now.
  await self.registration.unregister();
  return found;
}

/** A file whose name follows from what is in it: under one name, all builds have the same. */
async function asset(request: Request): Promise<Response> {
  const found = (await caches.match(request, { ignoreVary: true })) ?? (await fetch(request));
  return isolated(found);
}

async function fresh(request: Request): Promise<Response> {
  return isolated((await reached(request)) ?? (await kept(request)));
}

/** What the server answers; undefined where there is none. */
async function reached(request: Request): Promise<Response | undefined> {
  try {
    return await fetch(request);
  } catch {
    return undefined;
  }
}

async function kept(request: Request | URL): Promise<Response> {
  return (await caches.match(request, { cacheName: current, ignoreVary: true })) ?? Response.error();
}

function isolated(response: Response): Response {
  if (response.type === "error" || response.status === 304) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  const { body, status, statusText } = response;
  return new Response(body, { status, statusText, headers });
}

export {};
