import { type Signal, signal } from "@preact/signals";
import { type Remote, wrap } from "comlink";
import type { Catalogue, Description, Entry, Request } from "./description.ts";

let started: Remote<Catalogue> | undefined;

/** One worker for the page, started when first asked. */
function zoo(): Remote<Catalogue> {
  started ??= wrap<Catalogue>(
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "architectures" }),
  );
  return started;
}

/** Every network, oldest first; empty until the worker has told. */
export const entries: Signal<readonly Entry[]> = signal([]);

export async function loadEntries(): Promise<void> {
  if (entries.value.length === 0) entries.value = await zoo().entries();
}

const known = new Map<string, Promise<Description>>();

/** A network's description, which is made once. Rejects with the library's error for what can't be built. */
export function describe(request: Request): Promise<Description> {
  const key = JSON.stringify([request.name, request.classes, request.size]);
  const description = known.get(key) ?? zoo().describe(request);
  known.set(key, description);
  return description;
}
