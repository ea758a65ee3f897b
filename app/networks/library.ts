import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { bytesOf, entryOf, isEntry, type KeptNetwork, networkOf } from "./entry.ts";
import { inBytes } from "./figures.ts";
import type { Network } from "./network.ts";
import { memoryShelf, type Shelf } from "./shelf.ts";

/** The networks that the reader keeps. What the shelf doesn't take stays until the page is closed, and a note says so. */
export class Library {
  readonly #networks: Signal<readonly KeptNetwork[]> = signal([]);
  readonly #notes: Signal<readonly string[]> = signal([]);
  readonly #shelf: Shelf;
  readonly #session: Shelf = memoryShelf();
  /** Resolves when what was kept earlier is listed. */
  readonly ready: Promise<void>;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
    this.ready = this.#list();
  }

  /** Newest first. */
  get networks(): ReadonlySignal<readonly KeptNetwork[]> {
    return this.#networks;
  }

  /** What the reader should know of how networks are kept. */
  get notes(): ReadonlySignal<readonly string[]> {
    return this.#notes;
  }

  /** Keeps the network; one with the same id is replaced. */
  async keep(network: Network): Promise<void> {
    await this.ready;
    const entry = entryOf(network, Date.now());
    const bytes = bytesOf(network);
    try {
      await this.#shelf.put(entry, bytes);
    } catch (error) {
      await this.#session.put(entry, bytes);
      this.#note(`${network.name} is kept until this page is closed: ${reason(error, entry.bytes)}`);
    }
    this.#networks.value = [entry, ...this.#others(entry.id)];
  }

  /** The network with its weights. Throws when there is none of that id. */
  async load(id: string): Promise<Network> {
    await this.ready;
    const entry = this.#networks.value.find((kept) => kept.id === id);
    const bytes = (await this.#session.bytes(id)) ?? (entry && (await this.#shelf.bytes(id)));
    if (entry === undefined || bytes === undefined)
      throw new Error(`${entry?.name ?? "This network"} is not kept here any more; import or train it again`);
    return networkOf(entry, bytes);
  }

  /** Gives the network another name; an empty one changes nothing. */
  async rename(id: string, name: string): Promise<void> {
    await this.ready;
    const found = this.#networks.value.find((kept) => kept.id === id);
    if (found === undefined || name.trim() === "") return;
    const entry = { ...found, name: name.trim() };
    this.#networks.value = this.#networks.value.map((kept) => (kept.id === id ? entry : kept));
    if ((await this.#session.bytes(id)) !== undefined) return;
    await this.#shelf.change(entry).catch(() => {
      this.#note(
        `The new name ${entry.name} could not be kept: it is the old one again when this page is loaded`,
      );
    });
  }

  async forget(id: string): Promise<void> {
    await this.ready;
    this.#networks.value = this.#others(id);
    if ((await this.#session.bytes(id)) !== undefined) await this.#session.remove(id);
    await this.#shelf.remove(id).catch(() => {});
  }

  async #list(): Promise<void> {
    const found: readonly unknown[] = await this.#shelf.entries().catch(() => {
      this.#note("This browser gives the page no storage: networks are kept until it is closed");
      return [];
    });
    const entries = found.filter(isEntry);
    const lost = found.length - entries.length;
    if (lost > 0)
      this.#note(
        `${lost === 1 ? "A network" : `${lost} networks`} of another version of this page could not be read and ${lost === 1 ? "is" : "are"} left out`,
      );
    this.#networks.value = entries.toSorted((a, b) => b.kept - a.kept);
  }

  #others(id: string): readonly KeptNetwork[] {
    return this.#networks.value.filter((kept) => kept.id !== id);
  }

  #note(text: string): void {
    if (!this.#notes.value.includes(text)) this.#notes.value = [...this.#notes.value, text];
  }
}

function reason(error: unknown, bytes: number): string {
  if (error instanceof DOMException && error.name === "QuotaExceededError")
    return `the browser's storage has no room for its ${inBytes(bytes)}; delete networks, or download this one`;
  return "this browser gives the page no storage; download it to have it later";
}
