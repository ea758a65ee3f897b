import { type Signal, signal } from "@preact/signals";
import { wrap } from "comlink";
import type { DataSplits } from "convnets";
import { createStore, get, set } from "idb-keyval";
import type { Form } from "./asImage.ts";
import { type Classes, isClasses } from "./classes.ts";
import type { SetWorker } from "./setWorker.ts";

/** The reader's own pictures, kept in the browser's storage where it has one. */
export const ownClasses: Signal<Classes> = signal([]);

/** The part of each class that is tested with. */
export const holdOut: Signal<number> = signal(0.2);

const key = "classes";
let opened: Promise<void> | undefined;
let saving: ReturnType<typeof setTimeout> | undefined;

/** Takes the pictures of an earlier visit up, once, and keeps every change from then on. */
export function openOwnClasses(): Promise<void> {
  opened ??= open();
  return opened;
}

async function open(): Promise<void> {
  try {
    const store = createStore("convnets-pictures", "sets");
    const kept: unknown = await get(key, store);
    if (isClasses(kept) && ownClasses.value.length === 0) ownClasses.value = kept;
    let last = ownClasses.value;
    ownClasses.subscribe((classes) => {
      if (classes === last) return;
      last = classes;
      clearTimeout(saving);
      // A burst of the camera is written once. A full or closed storage loses nothing but the next visit's start.
      saving = setTimeout(() => set(key, classes, store).catch(() => undefined), 500);
    });
  } catch {
    // Private windows have no storage: the pictures last as long as the page.
  }
}

export interface OwnDataOptions {
  readonly form: Form;
  /** Drawings become digits as MNIST's are. */
  readonly digits?: boolean;
  /** The part of each class that is tested with. */
  readonly holdOut: number;
}

/** The classes as data for training and for tests, in the form that a network reads, normalised by their own pixels. */
export async function ownData(classes: Classes, options: OwnDataOptions): Promise<DataSplits> {
  const worker = new Worker(new URL("./setWorker.ts", import.meta.url), { type: "module" });
  try {
    return await wrap<SetWorker>(worker).splitsOf(classes, options);
  } finally {
    worker.terminate();
  }
}
