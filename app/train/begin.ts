import { computed, type ReadonlySignal } from "@preact/signals";
import { type KeptNetwork, load, networks } from "../networks/store.ts";
import { heldOut, obstacle } from "../pictures/classes.ts";
import { holdOut, ownClasses, ownData } from "../pictures/ownSet.ts";
import { settings, testsOften } from "./choice.ts";
import { formFor } from "./recipes.ts";
import { train } from "./session.ts";
import type { Start } from "./trainee.ts";

/** Pictures of a test within an epoch. */
const testOn = 200;

/** What there is to learn from. */
export interface Facts {
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly classes: number;
  /** Pictures to train on, before some are left out, and held out. */
  readonly train: number;
  readonly heldOut: number;
}

/** The network that the settings start from, where it is kept here. */
export const startFrom: ReadonlySignal<KeptNetwork | undefined> = computed(() =>
  networks.value.find(({ id }) => id === settings.value.start),
);

/** The options of that network. */
export const startOptions: ReadonlySignal<Start["options"] | undefined> = computed(() => {
  const form = startFrom.value?.form;
  return form?.kind === "zoo" ? form.options : undefined;
});

/** What the settings learn from; undefined while that can't be learnt from. */
export const facts: ReadonlySignal<Facts | undefined> = computed(() => {
  if (settings.value.data === "digits")
    return { shape: [startOptions.value?.channels ?? 1, 28, 28], classes: 10, train: 9000, heldOut: 1000 };
  const classes = ownClasses.value;
  if (obstacle(classes) !== undefined) return undefined;
  const { channels, height, width } = formFor(settings.value, startOptions.value);
  const counts = classes.map(({ pictures }) => ({
    all: pictures.length,
    held: heldOut(pictures.length, holdOut.value).filter(Boolean).length,
  }));
  const held = counts.reduce((sum, count) => sum + count.held, 0);
  return {
    shape: [channels, height, width],
    classes: classes.length,
    train: counts.reduce((sum, { all }) => sum + all, 0) - held,
    heldOut: held,
  };
});

/** Begins a training as the page is set: all of it, or so many steps and a pause. */
export function begin(steps?: number): void {
  const chosen = settings.value;
  const form = formFor(chosen, startOptions.value);
  const options = { form, holdOut: holdOut.value };
  void train({
    settings: chosen,
    ...(steps !== undefined && { steps }),
    ...(testsOften.value && { testOn }),
    ...(chosen.data === "pictures" && { pictures: () => ownData(ownClasses.value, options) }),
    ...(chosen.start !== "" && { start: () => startOf(chosen.start) }),
  });
}

async function startOf(id: string): Promise<Start> {
  const { form, weights, normalization } = await load(id);
  if (form.kind !== "zoo")
    throw new Error("a network of ONNX can't be trained here; start from one of the zoo");
  return { weights, normalization, options: form.options };
}
