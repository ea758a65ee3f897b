import { numbers } from "./kinds.ts";
import type { Normalization, TransformDefinition } from "./transform.ts";

export type NormalizeOptions = Normalization;

export const normalize: TransformDefinition<NormalizeOptions> = {
  about:
    "Leaves the pixels as they are, and sets the normalisation that the network's graph begins with: `(pixel / 255 - mean) / std`",
  parameters: {
    mean: { kind: numbers(-1000, 1000), about: "of pixels scaled to 0..1" },
    std: { kind: numbers(1e-6, 1000), about: "of pixels scaled to 0..1" },
  },
  conflict: ({ mean, std }) =>
    mean.length === std.length || mean.length === 1 || std.length === 1
      ? undefined
      : `\`mean\` has ${mean.length} numbers and \`std\` ${std.length}, expected as many`,
  create: () => ({ apply: (image) => image }),
};
