import { choice } from "./kinds.ts";
import { inAllChannels, luma } from "./luma.ts";
import type { TransformDefinition } from "./transform.ts";

export interface GrayscaleOptions {
  readonly numOutputChannels?: 1 | 3;
}

export const grayscale: TransformDefinition<GrayscaleOptions> = {
  about: "Takes the colours away",
  parameters: {
    numOutputChannels: { kind: choice([1, 3]), default: 1, about: "one channel, or three alike" },
  },
  create: ({ numOutputChannels }) => ({
    apply: (image) =>
      image.channels === 1 && numOutputChannels === 1
        ? image
        : inAllChannels(luma(image), numOutputChannels, image),
  }),
};
