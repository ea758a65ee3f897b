import { type Image, planeOf } from "./image.ts";
import { number } from "./kinds.ts";
import { expectColours } from "./luma.ts";
import type { TransformDefinition } from "./transform.ts";

export interface LightingOptions {
  readonly std?: number;
}

// The covariance of ImageNet's colours, scaled to 0..1: square roots of its eigenvalues, and its eigenvectors as columns.
const deviations = [0.2175, 0.0188, 0.0045] as const;
const axes = [
  [-0.5675, 0.7192, 0.4009],
  [-0.5808, -0.0045, -0.814],
  [-0.5836, -0.6948, 0.4203],
] as const;

export const lighting: TransformDefinition<LightingOptions> = {
  about: "Shifts all colours along the principal axes of ImageNet's (Krizhevsky, Sutskever and Hinton 2012)",
  parameters: { std: { kind: number(0, 100), default: 0.1, about: "how far, in standard deviations" } },
  create: ({ std }) => ({
    apply: (image, random) =>
      lit(image, [std * random.normal(), std * random.normal(), std * random.normal()]),
  }),
};

/** `image` shifted by so many standard deviations along each axis. */
export function lit(image: Image, shares: readonly [number, number, number]): Image {
  expectColours(image, "lighting");
  const data = new Uint8Array(image.data.length);
  const result = { ...image, data };
  axes.forEach((axis, channel) => {
    const shift =
      255 * axis.reduce((sum, part, i) => sum + part * (deviations[i] ?? 0) * (shares[i] ?? 0), 0);
    const source = planeOf(image, channel);
    planeOf(result, channel).set(
      source.map((pixel) => Math.max(0, Math.min(Math.round(pixel + shift), 255))),
    );
  });
  return result;
}
