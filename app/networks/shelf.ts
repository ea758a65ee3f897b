import { createStore, del, entries, get, keys, set } from "idb-keyval";
import type { KeptNetwork } from "./entry.ts";

/** Where networks lie, entries and bytes apart. */
export interface Shelf {
  /** Every entry, in no order; another version of this page may have written it. */
  entries(): Promise<readonly unknown[]>;
  bytes(id: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  put(entry: KeptNetwork, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Replaces the entry of that id. */
  change(entry: KeptNetwork): Promise<void>;
  remove(id: string): Promise<void>;
}

/** A shelf that lasts as long as the page. Throws a QuotaExceededError when more than `capacity` bytes would be on it. */
export function memoryShelf(capacity: number = Number.POSITIVE_INFINITY): Shelf {
  const all = new Map<string, unknown>();
  const data = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    entries: async () => [...all.values()],
    bytes: async (id) => data.get(id),
    put: async (entry, bytes) => {
      const used = [...data.values()].reduce((sum, { length }) => sum + length, bytes.length);
      if (used > capacity) throw new DOMException("the shelf is full", "QuotaExceededError");
      all.set(entry.id, entry);
      data.set(entry.id, bytes);
    },
    change: async (entry) => {
      all.set(entry.id, entry);
    },
    remove: async (id) => {
      all.delete(id);
      data.delete(id);
    },
  };
}

/** A shelf in the browser's storage. Every call throws where there is none, as in some private windows. */
export function browserShelf(): Shelf {
  // A database has one store: idb-keyval's own advice.
  const all = createStore("convnets-networks", "entries");
  const data = createStore("convnets-weights", "bytes");
  return {
    entries: async () => {
      const [found, withBytes] = await Promise.all([entries<string, unknown>(all), keys<string>(data)]);
      const listed = new Set(found.map(([id]) => id));
      // A page that was closed while it wrote leaves bytes without an entry.
      await Promise.all(withBytes.filter((id) => !listed.has(id)).map((id) => del(id, data)));
      return found.map(([, entry]) => entry);
    },
    bytes: (id) => get(id, data),
    put: async (entry, bytes) => {
      await set(entry.id, bytes, data);
      await set(entry.id, entry, all);
    },
    change: (entry) => set(entry.id, entry, all),
    remove: async (id) => {
      await del(id, all);
      await del(id, data);
    },
  };
}
