import type { Normalization, TensorData } from "convnets";
import {
  type Attribution,
  gradCamOf,
  gradCamPlusPlusOf,
  guidedBackpropagation,
  integratedGradients,
  layerShapes,
  occlusion,
  overChannels,
  Probe,
  type Subject,
  saliency,
} from "convnets/explain";
import { heatColours, opaque } from "./colours.ts";
import type { Answered, Bars, Heat, LayerInfo, Method, OpenedInfo, Question, Tiles } from "./question.ts";
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
  /** The class that the last picture was explained for: mostly that of the next one. */
  #target = 0;
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

  async answer({ picture, method, layer, target, open, focus }: Question): Promise<Answered> {
    const start = performance.now();
    const { model } = this.#subject;
    const image = imageFor(picture, model, this.#digits);
    const x = normalized(image, this.#normalization);
    const cam = layer !== undefined && isMaps(this.#shapes.get(layer)) ? layer : this.info.lastMaps;
    const wanted = [...new Set([...open.keys(), ...(focus ? [focus.layer] : [])])].filter((name) =>
      this.#shapes.has(name),
    );
    const ofLayer = method === "gradCam" || method === "gradCamPlusPlus";
    const probe = await this.#probeFor(wanted, ofLayer ? cam : undefined);
    let answer = await probe.run(x, target ?? this.#target);
    const best = answer.probabilities.indexOf(Math.max(...answer.probabilities));
    const explained = target ?? Math.max(0, best);
    // Gradients are of the class that is explained; where another one won, they have to be taken again.
    if (ofLayer && cam !== undefined && target === undefined && explained !== this.#target)
      answer = await probe.run(x, explained);
    this.#target = explained;
    let heat: Heat | undefined;
    let unexplained: string | undefined;
    try {
      const values = cam === undefined ? undefined : answer.values.get(cam);
      const gradient = cam === undefined ? undefined : answer.gradients.get(cam);
      if (!ofLayer) heat = heatOf(await attribution(this.#subject, x, method, explained));
      else if (cam !== undefined && values && gradient) {
        const [channels = 1, height = 1, width = 1] = this.#shapes.get(cam) ?? [];
        const maps = { shape: [channels, height, width] as const, values, gradient };
        const data = method === "gradCam" ? gradCamOf(maps) : gradCamPlusPlusOf(maps);
        heat = heatOf({ shape: [height, width], data, target: explained });
      } else unexplained = "This network has no layer with maps, which Grad-CAM explains by.";
    } catch (error) {
      unexplained = error instanceof Error ? error.message : String(error);
    }
    return {
      image,
      probabilities: Float32Array.from(answer.probabilities),
      target: explained,
      ...{ heat, unexplained },
      layers: wanted.flatMap((name) => {
        const data = answer.values.get(name);
        return open.has(name) && data
          ? [drawn(name, this.#shapes.get(name) ?? [], data, open.get(name) ?? 0)]
          : [];
      }),
      enlarged: focus && enlargedOf(focus, this.#shapes.get(focus.layer), answer.values.get(focus.layer)),
      milliseconds: performance.now() - start,
    };
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

/** Maps by methods that prepare what they need themselves. */
function attribution(
  subject: Subject,
  x: Float32Array,
  method: Exclude<Method, "gradCam" | "gradCamPlusPlus">,
  target: number,
): Promise<Attribution> {
  const [, height, width] = subject.model.input;
  const large = Math.min(height, width) > largeSide;
  switch (method) {
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
