import type { ReadonlySignal } from "@preact/signals";
import type { KeptNetwork } from "./entry.ts";
import { Library } from "./library.ts";
import type { Network } from "./network.ts";
import { browserShelf } from "./shelf.ts";

export type { KeptNetwork } from "./entry.ts";

const library = new Library(browserShelf());

/** The networks that this browser keeps, newest first, without their weights. Empty until `listed` resolves. */
export const networks: ReadonlySignal<readonly KeptNetwork[]> = library.networks;

/** Resolves when `networks` has what was kept on earlier visits. */
export const listed: Promise<void> = library.ready;

/** What the reader should know of how networks are kept: shown by `NetworkList`. */
export const notes: ReadonlySignal<readonly string[]> = library.notes;

/** Keeps the network in this browser; one with the same id is replaced. What doesn't fit stays until the page is closed. */
export function keep(network: Network): Promise<void> {
  return library.keep(network);
}

/** The network with its weights. Throws when there is none of that id. */
export function load(id: string): Promise<Network> {
  return library.load(id);
}

/** Gives the network another name. */
export function rename(id: string, name: string): Promise<void> {
  return library.rename(id, name);
}

export function forget(id: string): Promise<void> {
  return library.forget(id);
}
