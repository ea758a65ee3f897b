import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { proxy, type Remote, wrap } from "comlink";
import type { Laboratory, Look, MapRow, Outcome, Progress, Samples } from "./laboratory.ts";
import type { NetName } from "./nets.ts";
import { type Placement, steps } from "./shift.ts";

export type Phase =
  | { readonly kind: "untrained" }
  | { readonly kind: "training"; readonly progress: Progress | undefined }
  | { readonly kind: "trained" }
  | { readonly kind: "failed"; readonly reason: string };

/** What one network does at every shift, `[dy, dx]`; rows that are still to come are NaN. */
export interface ShiftMap {
  readonly probability: Float32Array;
  readonly right: Float32Array;
}

/** The worker with the networks, as long as the page is open: who comes back finds them trained. */
class Session {
  readonly #samples: Signal<Samples | undefined> = signal(undefined);
  readonly #phase: Signal<Phase> = signal<Phase>({ kind: "untrained" });
  readonly #outcomes: Signal<readonly Outcome[]> = signal([]);
  readonly #look: Signal<Look | undefined> = signal(undefined);
  readonly #maps: Signal<Readonly<Partial<Record<NetName, ShiftMap>>>> = signal({});
  #worker: Worker | undefined;
  #laboratory: Remote<Laboratory> | undefined;
  #wanted: Placement | undefined;
  /** Who is looking at a digit now. */
  #looking: Remote<Laboratory> | undefined;

  get samples(): ReadonlySignal<Samples | undefined> {
    return this.#samples;
  }
  get phase(): ReadonlySignal<Phase> {
    return this.#phase;
  }
  get outcomes(): ReadonlySignal<readonly Outcome[]> {
    return this.#outcomes;
  }
  get look(): ReadonlySignal<Look | undefined> {
    return this.#look;
  }
  get maps(): ReadonlySignal<Readonly<Partial<Record<NetName, ShiftMap>>>> {
    return this.#maps;
  }

  /** Fetches the digits, once. */
  async open(): Promise<void> {
    if (this.#samples.value !== undefined) return;
    try {
      this.#samples.value = await this.#started().samples();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Trains all networks, and then tries them at every shift. */
  async train(): Promise<void> {
    // One that is still at work on an earlier training's maps would go on with them.
    if (this.#phase.value.kind !== "untrained") this.stop();
    this.#phase.value = { kind: "training", progress: undefined };
    this.#maps.value = {};
    const laboratory = this.#started();
    const current = () => laboratory === this.#laboratory;
    try {
      // Where they failed to come before.
      this.#samples.value ??= await laboratory.samples();
      await laboratory.train(
        Math.max(1, navigator.hardwareConcurrency - 1),
        proxy((progress: Progress) => {
          if (current()) this.#phase.value = { kind: "training", progress };
        }),
        proxy((outcome: Outcome) => {
          if (current()) this.#outcomes.value = [...this.#outcomes.value, outcome];
        }),
      );
      if (!current()) return;
      this.#phase.value = { kind: "trained" };
      if (this.#wanted) void this.show(this.#wanted);
      await laboratory.chart(
        proxy((row: MapRow) => {
          if (current()) this.#add(row);
        }),
      );
    } catch (error) {
      if (current()) this.#fail(error);
    }
  }

  /** Ends the training; what was learned is lost. */
  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#laboratory = undefined;
    this.#phase.value = { kind: "untrained" };
    this.#outcomes.value = [];
    this.#look.value = undefined;
  }

  /** Has the networks look at a digit. Of several that come while they look, the last one counts. */
  async show(placement: Placement): Promise<void> {
    this.#wanted = placement;
    if (this.#phase.value.kind !== "trained") return;
    const laboratory = this.#started();
    if (this.#looking === laboratory) return;
    this.#looking = laboratory;
    try {
      let shown: Placement | undefined;
      while (shown !== this.#wanted && this.#looking === this.#laboratory) {
        shown = this.#wanted;
        this.#look.value = await laboratory.look(shown.digit, { dx: shown.dx, dy: shown.dy });
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      if (this.#looking === laboratory) this.#looking = undefined;
    }
  }

  #add({ net, row, probability, right }: MapRow): void {
    const empty = () => new Float32Array(steps.length ** 2).fill(Number.NaN);
    const before = this.#maps.value[net] ?? { probability: empty(), right: empty() };
    const after = { probability: before.probability.slice(), right: before.right.slice() };
    after.probability.set(probability, row * steps.length);
    after.right.set(right, row * steps.length);
    this.#maps.value = { ...this.#maps.value, [net]: after };
  }

  #started(): Remote<Laboratory> {
    if (this.#laboratory !== undefined) return this.#laboratory;
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "ideas" });
    this.#worker.onerror = (event) => this.#fail(event.message || "the worker could not be started");
    this.#laboratory = wrap<Laboratory>(this.#worker);
    return this.#laboratory;
  }

  #fail(error: unknown): void {
    this.#phase.value = {
      kind: "failed",
      reason: error instanceof Error ? error.message : String(error),
    };
  }
}

export const session: Session = new Session();
