import { type Attribution, overChannels, resizeMap } from "../explain/attribution.ts";
import { colourMap, overlay, type Picture, pictureOf, squareOf, tiles } from "../explain/colours.ts";
import { gradCam, gradCamPlusPlus } from "../explain/gradCam.ts";
import { guidedBackpropagation, integratedGradients, saliency, smoothGrad } from "../explain/gradient.ts";
import { occlusion } from "../explain/occlusion.ts";
import type { Subject } from "../explain/probe.ts";
import { activations } from "../explain/units.ts";
import { UsageError } from "../ir/errors.ts";
import { nearest } from "../ir/nearest.ts";
import { quote } from "../ir/quote.ts";
import { normalizationFor } from "../train/images.ts";
import type { ExplanationFiles } from "./explanationFiles.ts";
import type { Network } from "./network.ts";

/** What a method is given beside the network and the picture. */
interface Asked {
  readonly target: number;
  /** For Grad-CAM. */
  readonly layer?: string;
  /** A black picture as the network reads it. */
  readonly black: Float32Array;
}

type Explain = (subject: Subject, x: Float32Array, asked: Asked) => Promise<Attribution>;

export type Method =
  | "gradcam"
  | "gradcam++"
  | "occlusion"
  | "saliency"
  | "smoothgrad"
  | "guided"
  | "integrated-gradients";

const methods: Readonly<Record<Method, Explain>> = {
  gradcam: (subject, x, { target, layer }) =>
    gradCam(subject, x, { target, ...(layer !== undefined && { layer }) }),
  "gradcam++": (subject, x, { target, layer }) =>
    gradCamPlusPlus(subject, x, { target, ...(layer !== undefined && { layer }) }),
  occlusion: (subject, x, { target, black }) => occlusion(subject, x, { target, value: black[0] ?? 0 }),
  saliency: async (subject, x, { target }) => overChannels(await saliency(subject, x, { target })),
  smoothgrad: async (subject, x, { target }) => overChannels(await smoothGrad(subject, x, { target })),
  guided: async (subject, x, { target }) => overChannels(await guidedBackpropagation(subject, x, { target })),
  "integrated-gradients": async (subject, x, { target, black }) =>
    overChannels(await integratedGradients(subject, x, { target, baseline: black }), "sum"),
};

const isMethod = (name: string): name is Method => Object.hasOwn(methods, name);
export const methodNames: readonly Method[] = Object.keys(methods).filter(isMethod);

/** Reads names of methods. */
export function methodList(list: string): readonly Method[] {
  return list.split(",").map((name) => {
    if (isMethod(name)) return name;
    const near = nearest(name, methodNames);
    const hint = near === undefined ? `, expected ${methodNames.join(", ")}` : `; did you mean ${near}?`;
    throw new UsageError(`explain: there is no method ${quote(name)}${hint}`);
  });
}

/** Whether a method weighs the maps of a layer. */
export function needsMaps(method: Method): boolean {
  return method.startsWith("gradcam");
}

/** The picture as the network reads it, as it looks. */
export function shownPicture(x: Float32Array, { model, image }: Network): Picture {
  return pictureOf(x, model.input, normalizationFor(model, image));
}

/** One map a method, as an array and over the picture. `folder` comes before the names of files. */
export async function writeMaps(
  subject: Subject,
  x: Float32Array,
  shown: Picture,
  { names, folder, ...asked }: Asked & { readonly names: readonly Method[]; readonly folder: string },
  files: ExplanationFiles,
): Promise<void> {
  const [, height, width] = subject.model.input;
  for (const method of names) {
    const map = await methods[method](subject, x, asked);
    await files.array(`${folder}${method}`, map);
    const large = resizeMap(map, [height, width]);
    const coloured = method === "integrated-gradients" ? colourMap(large) : overlay(shown, large);
    await files.picture(`${folder}${method}`, coloured);
  }
}

/** What layers put out: maps side by side, or the numbers of a vector in a square. */
export async function writeActivations(
  subject: Subject,
  x: Float32Array,
  layers: readonly string[],
  folder: string,
  files: ExplanationFiles,
): Promise<void> {
  const found = await activations(subject, x, layers);
  for (const [layer, { shape, data }] of found) {
    const name = `${folder}activations${suffixOf(layer, layers)}`;
    await files.array(name, { shape, data });
    const numbers = Float32Array.from(data);
    const maps = shape.length === 3 && data.length > (shape[0] ?? 1);
    await files.picture(name, maps ? tiles({ shape, data: numbers }) : colourMap(squareOf(numbers)));
  }
}

/** What tells the files of several layers apart. */
export function suffixOf(layer: string, layers: readonly string[]): string {
  return layers.length > 1 ? `-${layer}` : "";
}
