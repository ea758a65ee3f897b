import { type Signal, signal } from "@preact/signals";
import { createStore, del, entries, set, type UseStore } from "idb-keyval";
import type { Run } from "./run.ts";

/** Runs of this page and of earlier visits, the latest first. */
export const runs: Signal<readonly Run[]> = signal([]);

/** Those that are compared, by id. */
export const compared: Signal<ReadonlySet<string>> = signal(new Set());

/** Where a browser keeps nothing, as in private windows, runs last as long as the page. */
let store: UseStore | undefined;

try {
  store = createStore("convnets-runs", "runs");
} catch {
  store = undefined;
}

/** Reads what earlier visits left. What was running when its page was closed is `interrupted`. */
export const loaded: Promise<void> = load();

async function load(): Promise<void> {
  const kept = await entries<string, Run>(store).catch(() => []);
  const known = new Set(runs.value.map(({ id }) => id));
  const old = kept
    .map(([, run]) => (isOver(run) ? run : { ...run, state: "interrupted" as const }))
    .filter(({ id }) => !known.has(id));
  runs.value = [...runs.value, ...old].sort((a, b) => b.started - a.started);
}

function isOver({ state }: Run): boolean {
  return state !== "running" && state !== "paused" && state !== "preparing";
}

/** Adds a run, or takes it in place of what it was, and writes it to the browser's storage. */
export function record(run: Run): void {
  const others = runs.value;
  runs.value = others.some(({ id }) => id === run.id)
    ? others.map((other) => (other.id === run.id ? { ...run, name: other.name } : other))
    : [run, ...others];
  void keep(run.id);
}

export function rename(id: string, name: string): void {
  runs.value = runs.value.map((run) => (run.id === id ? { ...run, name } : run));
  void keep(id);
}

export function forget(id: string): void {
  runs.value = runs.value.filter((run) => run.id !== id);
  choose(id, false);
  del(id, store).catch(() => {});
}

/** Whether a run is compared with the others that are. */
export function choose(id: string, chosen: boolean): void {
  const next = new Set(compared.value);
  if (chosen) next.add(id);
  else next.delete(id);
  compared.value = next;
}

async function keep(id: string): Promise<void> {
  const run = runs.value.find((run) => run.id === id);
  if (run) await set(id, run, store).catch(() => {});
}
