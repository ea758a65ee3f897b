import { batch, type Signal, signal } from "@preact/signals";
import { proxy, type Remote, wrap } from "comlink";
import type { TensorData } from "convnets";
import type { Region } from "convnets/explain";
import type { Network } from "../networks/network.ts";
import { keep, load } from "../networks/store.ts";
import type { Pixels } from "../pictures/asImage.ts";
import type { Progress } from "./digitsNetwork.ts";
import { Latest } from "./latest.ts";
import type { Answered, Explained, Focus, LayerInfo, Method, OpenedInfo, Question } from "./question.ts";
import type { ClassifyWorker } from "./worker.ts";

/** So many maps of a layer are drawn at first. */
export const fewMaps = 16;

/** One visit to the page: the worker, the network in it, the picture that is shown, and what is asked about it. */
export class Session {
  readonly #worker: Worker;
  readonly #remote: Remote<ClassifyWorker>;
  readonly #broken: Promise<never>;
  readonly #latest = new Latest<Question>((question) => this.#ask(question));
  #id: string | undefined;
  /** The network that is wanted now: what an earlier one answers is not shown any more. */
  #turn = 0;

  readonly network: Signal<Network | undefined> = signal(undefined);
  readonly opened: Signal<OpenedInfo | undefined> = signal(undefined);
  readonly opening: Signal<boolean> = signal(false);
  readonly training: Signal<Progress | "starting" | undefined> = signal(undefined);
  readonly failure: Signal<string> = signal("");
  readonly picture: Signal<Pixels | undefined> = signal(undefined);
  readonly answered: Signal<Answered | undefined> = signal(undefined);
  /** Why the network answers so: for slow methods it comes after the answer, and that of before stays meanwhile. */
  readonly explained: Signal<Explained | undefined> = signal(undefined);
  readonly asking: Signal<boolean> = signal(false);

  readonly method: Signal<Method> = signal("gradCam");
  readonly layer: Signal<string | undefined> = signal(undefined);
  readonly target: Signal<number | undefined> = signal(undefined);
  /** Layers whose maps show, and how many of each. */
  readonly open: Signal<ReadonlyMap<string, number>> = signal(new Map());
  /** Layers that are on the screen. */
  readonly seen: Signal<ReadonlySet<string>> = signal(new Set());
  readonly focus: Signal<Focus | undefined> = signal(undefined);

  constructor() {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.#remote = wrap<ClassifyWorker>(this.#worker);
    this.#broken = new Promise((_, reject) => {
      this.#worker.addEventListener("error", ({ message }) =>
        reject(
          new Error(`the worker stopped: ${message || "its script could not be loaded"}; reload the page`),
        ),
      );
    });
    this.#broken.catch(() => undefined);
  }

  /** Ends the worker and what is under way in it. */
  close(): void {
    this.#turn++;
    this.#worker.terminate();
  }

  /** Takes a network of the library into the worker. */
  async use(id: string): Promise<void> {
    if (id === this.#id) return;
    this.#id = id;
    const turn = ++this.#turn;
    batch(() => {
      this.network.value = this.opened.value = undefined;
      this.answered.value = this.explained.value = undefined;
      this.target.value = this.focus.value = undefined;
      this.opening.value = true;
      this.failure.value = "";
    });
    try {
      const network = await load(id);
      const info = await this.#reached(this.#remote.open(network));
      if (turn !== this.#turn) return;
      batch(() => {
        this.network.value = network;
        this.opened.value = info;
        this.layer.value = knownLayer(this.layer.value, info.layers);
        this.open.value = new Map(info.small ? info.layers.map(({ name }) => [name, fewMaps]) : []);
      });
      this.ask();
    } catch (error) {
      if (turn !== this.#turn) return;
      this.failure.value = messageOf(error);
      this.#id = undefined;
    } finally {
      if (turn === this.#turn) this.opening.value = false;
    }
  }

  /** Shows the network another picture, or none. */
  show(picture: Pixels | undefined): void {
    this.picture.value = picture;
    if (picture) this.ask();
    else this.answered.value = this.explained.value = undefined;
  }

  /** Asks about the picture again, after something of the question has changed. */
  ask(): void {
    const picture = this.picture.value;
    if (!picture || !this.opened.value) return;
    const { method, layer, target, open, seen, focus } = this;
    void this.#latest.submit({
      picture,
      method: method.value,
      layer: layer.value,
      target: target.value,
      open: open.value,
      seen: seen.value,
      focus: focus.value,
    });
  }

  /** Notes whether a layer is on the screen, and draws it if so. */
  look(layer: string, visible: boolean): void {
    const seen = new Set(this.seen.value);
    if (visible) seen.add(layer);
    else seen.delete(layer);
    this.seen.value = seen;
    if (visible && this.open.value.has(layer)) this.ask();
  }

  async #ask(question: Question): Promise<void> {
    const turn = this.#turn;
    this.asking.value = true;
    try {
      const answered = await this.#reached(this.#remote.answer(question));
      const current = () => turn === this.#turn && this.picture.value !== undefined;
      if (!current()) return;
      batch(() => {
        this.answered.value = answered;
        if (answered.explained) this.explained.value = answered.explained;
        this.failure.value = "";
      });
      // What is shown next has the precedence.
      if (answered.explained || this.#latest.waiting) return;
      const explained = await this.#reached(this.#remote.explain(question.method));
      if (current()) this.explained.value = explained;
    } catch (error) {
      if (turn === this.#turn) this.failure.value = messageOf(error);
    } finally {
      this.asking.value = false;
    }
  }

  /** Trains LeNet-5 on the digits that come with the page and keeps it; its id, or undefined where that failed. */
  async train(): Promise<string | undefined> {
    this.training.value = "starting";
    this.failure.value = "";
    try {
      const network = await this.#reached(
        this.#remote.train(
          proxy((progress: Progress) => {
            this.training.value = progress;
          }),
        ),
      );
      await keep(network);
      return network.id;
    } catch (error) {
      this.failure.value = messageOf(error);
      return undefined;
    } finally {
      this.training.value = undefined;
    }
  }

  /** The filter that makes a map, where its layer is a convolution. */
  filter(focus: Focus): Promise<TensorData | undefined> {
    return this.#reached(this.#remote.filter(focus.layer, focus.index));
  }

  /** What of the picture a unit sees. */
  region(layer: string, index: number): Promise<Region | undefined> {
    return this.#reached(this.#remote.region(layer, index));
  }

  #reached<T>(call: Promise<T>): Promise<T> {
    return Promise.race([call, this.#broken]);
  }
}

function knownLayer(name: string | undefined, layers: readonly LayerInfo[]): string | undefined {
  return layers.find((layer) => layer.name === name && layer.hasMaps)?.name;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
