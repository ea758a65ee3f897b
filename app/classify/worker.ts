import { expose, transfer } from "comlink";
import { type LoadedEngine, loadEngine, type TensorData } from "convnets";
import { type Gaze, measureReceptiveField, type Region, type Subject } from "convnets/explain";
import type { Network } from "../networks/network.ts";
import { openNetwork } from "../networks/open.ts";
import { type Progress, trainOnDigits } from "./digitsNetwork.ts";
import type { Answered, Explained, Method, OpenedInfo, Question } from "./question.ts";
import { filterOf, Questioned } from "./subject.ts";

let engine: Promise<LoadedEngine> | undefined;
let subject: Subject | undefined;
let questioned: Questioned | undefined;
/** What was asked last: one program runs at a time on the engine. */
let before: Promise<unknown> = Promise.resolve();
let gaze: { readonly layer: string; readonly seen: Gaze } | undefined;

const asked = {
  /** Makes a network ready for questions; the one before is forgotten. */
  open(network: Network): Promise<OpenedInfo> {
    return inTurn(async () => {
      subject = questioned = gaze = undefined;
      const { model, weights, normalization, classes } = await openNetwork(network);
      subject = { model, weights, engine: await loaded() };
      questioned = new Questioned(subject, { normalization, classes, digits: network.digits });
      return questioned.info;
    });
  },

  async answer(question: Question): Promise<Answered> {
    const answered = await inTurn(async () => {
      if (!questioned) throw new Error("no network is open");
      return questioned.answer(question);
    });
    const { probabilities, explained, layers, enlarged } = answered;
    return transfer(answered, [
      probabilities.buffer,
      ...buffersOf(explained),
      ...layers.map((layer) => (layer.kind === "maps" ? layer.rgba.buffer : layer.data.buffer)),
      ...(enlarged ? [enlarged.data.buffer, enlarged.rgba.buffer] : []),
    ]);
  },

  /** The explanation of the last answer by a method that takes runs of its own. */
  async explain(method: Method): Promise<Explained> {
    const explained = await inTurn(async () => {
      if (!questioned) throw new Error("no network is open");
      return questioned.explain(method);
    });
    return transfer(explained, buffersOf(explained));
  },

  /** The filter of a convolution that makes map `index`, `[channels, height, width]`. */
  filter(layer: string, index: number): TensorData | undefined {
    return subject && filterOf(subject.weights, layer, index);
  },

  /** The part of what the network reads that the unit `index` of a layer sees. */
  region(layer: string, index: number): Promise<Region | undefined> {
    return inTurn(async () => {
      if (!subject) return undefined;
      if (gaze?.layer !== layer)
        gaze = { layer, seen: await measureReceptiveField(subject.model, subject.engine, layer) };
      return gaze.seen.region(index);
    });
  },

  train(tell: (progress: Progress) => void): Promise<Network> {
    return inTurn(async () => trainOnDigits(await loaded(), tell));
  },
};

function buffersOf(explained: Explained | undefined): ArrayBuffer[] {
  return explained?.heat ? [explained.heat.data.buffer, explained.heat.rgba.buffer] : [];
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = before.then(work, work);
  before = done.catch(() => undefined);
  return done;
}

function loaded(): Promise<LoadedEngine> {
  // One core is left to the page, which is to stay smooth. Only isolated pages have memory that threads share.
  const threads = globalThis.crossOriginIsolated ? Math.max(1, navigator.hardwareConcurrency - 1) : 1;
  engine ??= loadEngine("wasm", { threads });
  return engine;
}

export type ClassifyWorker = typeof asked;
expose(asked);
