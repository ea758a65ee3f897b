import { type Fill, fill, whole } from "./kinds.ts";
import { applyAny, type Space, spaceOf } from "./operations.ts";
import type { TransformDefinition } from "./transform.ts";

export interface TrivialAugmentWideOptions {
  readonly numMagnitudeBins?: number;
  readonly fill?: Fill;
}

/** Of Müller and Hutter 2021, https://arxiv.org/abs/2103.10158, as torchvision has it. */
export const trivialSpace: Space = spaceOf({
  shear: 0.99,
  translateX: () => 32,
  translateY: () => 32,
  degrees: 135,
  change: 0.99,
  bits: 6,
});

export const trivialAugmentWide: TransformDefinition<TrivialAugmentWideOptions> = {
  about: "One operation of fourteen, of any strength (Müller and Hutter 2021)",
  parameters: {
    numMagnitudeBins: { kind: whole(2, 1001), default: 31, about: "how many strengths there are" },
    fill: { kind: fill, default: 0, about: "the value of pixels from beyond the border" },
  },
  create: ({ numMagnitudeBins, fill }) => ({
    apply: (image, random) =>
      applyAny(image, random, trivialSpace, {
        ...{ level: random.below(numMagnitudeBins), bins: numMagnitudeBins },
        fill,
      }),
  }),
};
