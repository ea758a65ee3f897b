import { type Fill, fill, whole } from "./kinds.ts";
import { applyAny, type Space, spaceOf } from "./operations.ts";
import type { TransformDefinition } from "./transform.ts";

export interface RandAugmentOptions {
  readonly numOps?: number;
  readonly magnitude?: number;
  readonly numMagnitudeBins?: number;
  readonly fill?: Fill;
}

/** Of Cubuk et al. 2019, https://arxiv.org/abs/1909.13719, as torchvision has it. */
export const randSpace: Space = spaceOf({
  shear: 0.3,
  translateX: ({ width }) => (150 / 331) * width,
  translateY: ({ height }) => (150 / 331) * height,
  degrees: 30,
  change: 0.9,
  bits: 4,
});

export const randAugment: TransformDefinition<RandAugmentOptions> = {
  about: "Some operations of fourteen, one after the other, all of one strength (Cubuk et al. 2019)",
  parameters: {
    numOps: { kind: whole(0, 100), default: 2, about: "how many" },
    magnitude: { kind: whole(0, 1000), default: 9, about: "how strong, counted from 0" },
    numMagnitudeBins: { kind: whole(2, 1001), default: 31, about: "how many strengths there are" },
    fill: { kind: fill, default: 0, about: "the value of pixels from beyond the border" },
  },
  conflict: ({ magnitude, numMagnitudeBins }) =>
    magnitude < numMagnitudeBins
      ? undefined
      : `\`magnitude\` is ${magnitude}, expected less than the \`numMagnitudeBins\` of ${numMagnitudeBins}`,
  create: ({ numOps, magnitude, numMagnitudeBins, fill }) => ({
    apply(image, random) {
      let current = image;
      for (let i = 0; i < numOps; i++)
        current = applyAny(current, random, randSpace, { level: magnitude, bins: numMagnitudeBins, fill });
      return current;
    },
  }),
};
