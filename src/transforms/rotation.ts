import { rotate } from "./affine.ts";
import { type Fill, fill, number } from "./kinds.ts";
import type { TransformDefinition } from "./transform.ts";

export interface RandomRotationOptions {
  readonly degrees: number;
  readonly fill?: Fill;
}

export const randomRotation: TransformDefinition<RandomRotationOptions> = {
  about: "Turns the picture about its middle, either way; the nearest pixels",
  parameters: {
    degrees: { kind: number(0, 180), about: "how far at most" },
    fill: { kind: fill, default: 0, about: "the value of pixels from beyond the border" },
  },
  create: ({ degrees, fill }) => ({
    apply: (image, random) => rotate(image, random.between(-degrees, degrees), fill),
  }),
};
