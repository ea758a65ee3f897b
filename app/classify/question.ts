import type { Image } from "convnets";
import type { Pixels } from "../pictures/asImage.ts";

/** Ways to say which part of a picture an answer comes from. */
export const methods = [
  { name: "gradCam", title: "Grad-CAM", ofLayer: true },
  { name: "gradCamPlusPlus", title: "Grad-CAM++", ofLayer: true },
  { name: "saliency", title: "Saliency (gradient)", ofLayer: false },
  { name: "guidedBackpropagation", title: "Guided backpropagation", ofLayer: false },
  { name: "integratedGradients", title: "Integrated gradients", ofLayer: false },
  { name: "occlusion", title: "Occlusion", ofLayer: false },
] as const;

export type Method = (typeof methods)[number]["name"];

/** Whether a method's map comes with the answer: it needs no other run than the one that answers. */
export function isQuick(method: Method): boolean {
  return methods.some(({ name, ofLayer }) => name === method && ofLayer);
}

export function methodOf(name: string | null): Method {
  return methods.find((method) => method.name === name)?.name ?? "gradCam";
}

/** One map of a layer. */
export interface Focus {
  readonly layer: string;
  readonly index: number;
}

/** What the page wants to know of a picture. */
export interface Question {
  readonly picture: Pixels;
  readonly method: Method;
  /** The layer that Grad-CAM is of. */
  readonly layer: string | undefined;
  /** The class to explain, or the one that the network prefers. */
  readonly target: number | undefined;
  /** Layers whose maps are drawn, and how many of each. */
  readonly open: ReadonlyMap<string, number>;
  /** Those of them that are on the screen: only these are drawn. */
  readonly seen: ReadonlySet<string>;
  readonly focus: Focus | undefined;
}

/** Red, green, blue and opacity of maps `[count, height, width]`, one behind the other. */
export interface Tiles {
  readonly kind: "maps";
  readonly name: string;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** A layer without maps: a number a unit. */
export interface Bars {
  readonly kind: "vector";
  readonly name: string;
  readonly data: Float32Array<ArrayBuffer>;
}

/** A map enlarged. */
export interface Enlarged extends Focus {
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array<ArrayBuffer>;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** Which part of the picture counts. */
export interface Heat {
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array<ArrayBuffer>;
  /** Opaque where it counts much. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  /** Whether it has what speaks against the class, too. */
  readonly signed: boolean;
}

/** An explanation, or why there is none. */
export interface Explained {
  readonly heat?: Heat;
  readonly reason?: string;
}

export interface Answered {
  /** What the network read. */
  readonly image: Image;
  readonly probabilities: Float32Array<ArrayBuffer>;
  /** The class that is explained. */
  readonly target: number;
  /** The explanation, where it comes with the answer: Grad-CAM's. */
  readonly explained: Explained | undefined;
  readonly layers: readonly (Tiles | Bars)[];
  readonly enlarged: Enlarged | undefined;
  readonly milliseconds: number;
}

/** A layer of the network that is open. */
export interface LayerInfo {
  readonly name: string;
  /** `[c, h, w]` or `[c]` */
  readonly shape: readonly number[];
  readonly hasMaps: boolean;
  /** Whether it is a convolution, which has filters. */
  readonly filters: boolean;
}

export interface OpenedInfo {
  readonly input: readonly [channels: number, height: number, width: number];
  readonly classes: readonly string[];
  readonly layers: readonly LayerInfo[];
  /** The last layer with maps. */
  readonly lastMaps: string | undefined;
  readonly parameters: number;
  /** Whether values of all layers are few enough to be shown at once. */
  readonly small: boolean;
  /** Bytes of the weights, each prepared program aside. */
  readonly weightBytes: number;
}
