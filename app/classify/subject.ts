import type { Normalization, TensorData } from "convnets";
import type { Question as ProbeQuestion } from "convnets/explain";
import {
  type Answer,
  type Attribution,
  gradCam,
  gradCamOf,
  gradCamPlusPlus,
  gradCamPlusPlusOf,
  gradientBatch,
  guidedBackpropagation,
  guideGradients,
  integratedGradients,
  layerShapes,
  occlusion,
  overChannels,
  Probe,
  type Subject,
  saliency,
  sharing,
} from "convnets/explain";
import { heatColours, opaque } from "./colours.ts";
import {
  type Answered,
  type Bars,
  type Explained,
  type Heat,
  isQuick,
  type LayerInfo,
  type Method,
  type OpenedInfo,
  type Question,
  type Tiles,
} from "./question.ts";
import { imageFor, normalized } from "./read.ts";

/** Values of all layers that are shown at once, at most: 8 MB. Larger networks show the layers that are opened. */
const manyValues = 2e6;
/** From this size of a picture on, methods that take many runs make fewer, larger steps. */
const largeSide = 64;

interface Prepared {
  readonly key: string;
  readonly probe: Probe;
}

/** A network in the worker, and the probe that answered last: it is prepared once for a network and its layers. */
export class Questioned {
  readonly #subject: Subject;
  readonly #normalization: Normalization;
  readonly #digits: boolean;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  #prepared: Prepared | undefined;
  /** The subject with the probe that `method` asks again and again. */
  #shared: { readonly method: Method; readonly subject: Subject } | undefined;
  /** The class that the last picture was explained for: mostly that of the next one. */
  #target = 0;
  #last: { readonly x: Float32Array; readonly target: number } | undefined;
  readonly info: OpenedInfo;

  constructor(
    subject: Subject,
    {
      normalization,
      digits,
      classes,
    }: {
      readonly normalization: Normalization;
      readonly digits: boolean;
      readonly classes: readonly string[];
    },
  ) {
    this.#subject = subject;
    this.#normalization = normalization;
    this.#digits = digits;
    this.#shapes = layerShapes(subject.model);
    this.info = infoOf(subject, this.#shapes, classes);
  }

  async answer({ picture, method, layer, target, open, seen, focus }: Question): Promise<Answered> {
    const start = performance.now();
    const image = imageFor(picture, this.#subject.model, this.#digits);
    const x = normalized(image, this.#normalization);
    const cam = layer !== undefined && isMaps(this.#shapes.get(layer)) ? layer : this.info.lastMaps;
    const towards = isQuick(method) ? cam : undefined;
    const wanted = [...open.keys(), ...(focus ? [focus.layer] : [])].filter((name) => this.#shapes.has(name));
    const probe = await this.#probeFor(wanted, towards);
    let answer = await probe.run(x, target ?? this.#target);
    const explained = target ?? likeliest(answer.probabilities);
    // Gradients are of the class that is explained; where another one won, they have to be taken again.
    if (towards !== undefined && explained !== this.#target && target === undefined)
      answer = await probe.run(x, explained);
    this.#target = explained;
    this.#last = { x, target: explained };
    return {
      image,
      probabilities: Float32Array.from(answer.probabilities),
      target: explained,
      explained: isQuick(method) ? this.#weighed(method, cam, answer) : undefined,
      layers: [...open].flatMap(([name, most]) => {
        const data = answer.values.get(name);
        return seen.has(name) && data ? [drawn(name, this.#shapes.get(name) ?? [], data, most)] : [];
      }),
      enlarged: focus && enlargedOf(focus, this.#shapes.get(focus.layer), answer.values.get(focus.layer)),
      milliseconds: performance.now() - start,
    };
  }

  /** The explanation of the last answer by a method that takes runs of its own. */
  async explain(method: Method): Promise<Explained> {
    if (!this.#last) return { reason: "Nothing was shown yet." };
    const { x, target } = this.#last;
    try {
      return { heat: heatOf(await attribution(this.#sharedFor(method), x, method, target)) };
    } catch (error) {
      return { reason: error instanceof Error ? error.message : String(error) };
    }
  }

  #weighed(method: Method, layer: string | undefined, { values: all, gradients }: Answer): Explained {
    const values = layer === undefined ? undefined : all.get(layer);
    const gradient = layer === undefined ? undefined : gradients.get(layer);
    if (layer === undefined || !values || !gradient)
      return {
        reason: "This network has no layer with maps, which Grad-CAM explains by. Choose another way.",
      };
    const [channels = 1, height = 1, width = 1] = this.#shapes.get(layer) ?? [];
    const maps = { shape: [channels, height, width] as const, values, gradient };
    const data = method === "gradCam" ? gradCamOf(maps) : gradCamPlusPlusOf(maps);
    return { heat: heatOf({ shape: [height, width], data, target: this.#target }) };
  }

  /** The method's probe is prepared with its first picture, and goes with the next method. */
  #sharedFor(method: Method): Subject {
    if (this.#shared?.method !== method)
      this.#shared = { method, subject: sharing(this.#subject, ...probesOf[method]) };
    return this.#shared.subject;
  }

  async #probeFor(values: readonly string[], cam: string | undefined): Promise<Probe> {
    const all = cam === undefined || values.includes(cam) ? values : [...values, cam];
    const key = JSON.stringify([[...all].sort(), cam]);
    if (this.#prepared?.key === key) return this.#prepared.probe;
    // The old one's memory may go before the new one's comes.
    this.#prepared = undefined;
    const probe = await Probe.create(this.#subject, { values: all, towards: cam === undefined ? [] : [cam] });
    this.#prepared = { key, probe };
    return probe;
  }
}

const towardsPicture: ProbeQuestion = { towards: ["picture"] };

/** What methods ask for each picture, the same way each time. */
const probesOf: Readonly<Record<Method, readonly ProbeQuestion[]>> = {
  gradCam: [],
  gradCamPlusPlus: [],
  saliency: [towardsPicture],
  guidedBackpropagation: [{ ...towardsPicture, pass: guideGradients }],
  integratedGradients: [{ ...towardsPicture, batch: gradientBatch }],
  occlusion: [{ batch: gradientBatch }],
};

/** Maps by methods that prepare what they need themselves. */
function attribution(
  subject: Subject,
  x: Float32Array,
  method: Method,
  target: number,
): Promise<Attribution> {
  const [, height, width] = subject.model.input;
  const large = Math.min(height, width) > largeSide;
  switch (method) {
    case "gradCam":
      return gradCam(subject, x, { target });
    case "gradCamPlusPlus":
      return gradCamPlusPlus(subject, x, { target });
    case "saliency":
      return saliency(subject, x, { target });
    case "guidedBackpropagation":
      return guidedBackpropagation(subject, x, { target });
    case "integratedGradients":
      return integratedGradients(subject, x, { target, steps: large ? 16 : 32 });
    case "occlusion": {
      const side = Math.max(3, Math.round(Math.min(height, width) / 8));
      return occlusion(subject, x, { target, ...(large && { side, stride: side }) });
    }
  }
}

function likeliest(probabilities: Float32Array): number {
  return probabilities.reduce((best, value, index) => (value > (probabilities[best] ?? 0) ? index : best), 0);
}

function heatOf(found: Attribution): Heat {
  // Where a picture has colours, their parts for and against add up; magnitudes would not show which is which.
  const { shape, data } = overChannels(found, "sum");
  const [height = 1, width = 1] = shape;
  return {
    ...{ height, width },
    data: Float32Array.from(data),
    rgba: heatColours({ shape, data }),
    signed: data.some((value) => value < 0),
  };
}

function infoOf(
  { model, weights }: Subject,
  shapes: ReadonlyMap<string, readonly number[]>,
  classes: readonly string[],
): OpenedInfo {
  const layers: readonly LayerInfo[] = [...shapes].map(([name, shape]) => ({
    ...{ name, shape },
    hasMaps: isMaps(shape),
    filters: weights.get(`${name}.weight`)?.shape.length === 4,
  }));
  const parameters = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  const values = layers.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return {
    input: model.input,
    classes: Array.from({ length: model.classes }, (_, index) => classes[index] ?? `class ${index}`),
    layers,
    lastMaps: layers.findLast(({ hasMaps }) => hasMaps)?.name,
    parameters,
    small: values <= manyValues,
    weightBytes: 4 * parameters,
  };
}

function drawn(name: string, shape: readonly number[], data: Float32Array, most: number): Tiles | Bars {
  if (!isMaps(shape)) return { kind: "vector", name, data: Float32Array.from(data) };
  const [channels = 1, height = 1, width = 1] = shape;
  const count = Math.min(channels, most);
  const area = height * width;
  const rgba = new Uint8ClampedArray(4 * count * area);
  for (let index = 0; index < count; index++)
    rgba.set(
      opaque({ shape: [height, width], data: data.subarray(index * area, (index + 1) * area) }),
      4 * index * area,
    );
  return { kind: "maps", name, count, height, width, rgba };
}

function enlargedOf(
  focus: { readonly layer: string; readonly index: number },
  shape: readonly number[] | undefined,
  all: Float32Array | undefined,
): Answered["enlarged"] {
  const [channels = 0, height = 1, width = 1] = shape ?? [];
  if (!all || !isMaps(shape) || focus.index >= channels) return undefined;
  const area = height * width;
  const data = all.slice(focus.index * area, (focus.index + 1) * area);
  return { ...focus, height, width, data, rgba: opaque({ shape: [height, width], data }) };
}

/** Whether a layer's values are maps of more than one pixel. */
function isMaps(shape: readonly number[] | undefined): boolean {
  return shape?.length === 3 && sizeOf(shape.slice(1)) > 1;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** One filter of a convolution, `[channels, height, width]`. */
export function filterOf(
  weights: ReadonlyMap<string, TensorData>,
  path: string,
  index: number,
): TensorData | undefined {
  const all = weights.get(`${path}.weight`);
  if (all?.shape.length !== 4) return undefined;
  const shape = all.shape.slice(1);
  const size = sizeOf(shape);
  return { shape, data: Float32Array.from(all.data.subarray(index * size, (index + 1) * size)) };
}
