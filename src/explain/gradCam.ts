import { present, UsageError } from "../ir/errors.ts";
import type { Attribution, TargetOptions } from "./attribution.ts";
import { hasMaps, lastMaps, layerOf, walk } from "./layers.ts";
import { Probe, type Subject } from "./probe.ts";

export interface GradCamOptions extends TargetOptions {
  /** The layer whose maps are weighed. Default: the last one with maps of more than one pixel. */
  readonly layer?: string;
}

/** What a probe tells of one picture and a layer of maps: their values and a score's gradient towards them. */
export interface Maps {
  readonly shape: readonly [channels: number, height: number, width: number];
  /** `[c, h, w]` */
  readonly values: Float32Array;
  /** `[c, h, w]` */
  readonly gradient: Float32Array;
}

/**
 * The maps of a layer, each weighed by the mean of the score's gradient towards it, summed, and what is negative left
 * out. A map `[h, w]` of the layer's size. Selvaraju et al., "Grad-CAM", 2017, https://arxiv.org/abs/1610.02391.
 */
export function gradCam(
  subject: Subject,
  picture: Float32Array,
  options: GradCamOptions = {},
): Promise<Attribution> {
  return ofLayer(subject, picture, options, gradCamOf);
}

/**
 * Grad-CAM with places of a map counting by how much they alone raise the score, so that several objects of one class
 * all show: the weight of a map A is the sum of a relu(g), with a = g² / (2 g² + g³ sum of A) at each place. Chattopadhay,
 * Sarkar, Howlader, Balasubramanian 2018, https://arxiv.org/abs/1710.11063, for exp(score), whose derivatives are
 * powers of g but for a factor that all places share.
 */
export function gradCamPlusPlus(
  subject: Subject,
  picture: Float32Array,
  options: GradCamOptions = {},
): Promise<Attribution> {
  return ofLayer(subject, picture, options, gradCamPlusPlusOf);
}

/** `gradCam`'s map `[h, w]`, for who has asked a probe for the maps already. */
export function gradCamOf(maps: Maps): Float32Array {
  return weighed(maps, (gradient) => {
    const total = gradient.reduce((sum, value) => sum + value, 0);
    return total / gradient.length;
  });
}

/** `gradCamPlusPlus`'s map `[h, w]`, for who has asked a probe for the maps already. */
export function gradCamPlusPlusOf(maps: Maps): Float32Array {
  return weighed(maps, (gradient, map) => {
    const total = map.reduce((sum, value) => sum + value, 0);
    return gradient.reduce((weight, g) => {
      const below = 2 * g ** 2 + total * g ** 3;
      return g > 0 && below !== 0 ? weight + (g ** 2 / below) * g : weight;
    }, 0);
  });
}

async function ofLayer(
  subject: Subject,
  picture: Float32Array,
  options: GradCamOptions,
  mapOf: (maps: Maps) => Float32Array,
): Promise<Attribution> {
  const walked = walk(subject.model);
  const layer = options.layer ?? lastMaps(walked);
  const value = layerOf(walked, layer);
  const [, channels = 1, height = 1, width = 1] = value.type.shape;
  if (!hasMaps(value))
    throw new UsageError(
      `${layer} puts out ${value.type.shape.slice(1).join("x")}, expected maps of more than one pixel`,
    );
  const probe = await Probe.create(subject, { values: [layer], towards: [layer] });
  const target = options.target ?? (await probe.best(picture));
  const answer = await probe.run(picture, target);
  const values = present(answer.values.get(layer), "it was asked for");
  const gradient = present(answer.gradients.get(layer), "it was asked for");
  const data = mapOf({ shape: [channels, height, width], values, gradient });
  return { shape: [height, width], data, target };
}

function weighed(
  { shape: [channels, height, width], values, gradient }: Maps,
  weightOf: (gradient: Float32Array, map: Float32Array) => number,
): Float32Array {
  const area = height * width;
  const sums = new Float32Array(area);
  for (let channel = 0; channel < channels; channel++) {
    const map = values.subarray(channel * area, (channel + 1) * area);
    const weight = weightOf(gradient.subarray(channel * area, (channel + 1) * area), map);
    map.forEach((value, at) => {
      sums[at] = (sums[at] ?? 0) + weight * value;
    });
  }
  return sums.map((sum) => Math.max(0, sum));
}
