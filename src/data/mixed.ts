import type { TransformSpec } from "../transforms/definitions.ts";
import { createMix, type MixOptions, mixRandom } from "../transforms/mix.ts";
import type { Pictures } from "./pictures.ts";
import { transformed } from "./transformed.ts";

/**
 * The same pictures with those of every batch mixed in pairs, and `targets` beside: for a training with `softTargets`.
 * Which way follows from the seed, the epoch and the number of the batch. Transforms come before mixing, whichever is
 * asked for first.
 */
export function mixed(pictures: Pictures, options: MixOptions): Pictures {
  const mix = createMix(options);
  const { shape, classes } = pictures;
  return {
    ...pictures,
    transformed: (specs: readonly TransformSpec[]) => mixed(transformed(pictures, specs), options),
    batches: async function* (pass) {
      const targets = new Float32Array(pass.size * classes.length);
      let at = pass.start ?? 0;
      for await (const batch of pictures.batches(pass)) {
        mix({ ...batch, shape, targets }, mixRandom(pass.seed, pass.epoch, at++));
        yield { ...batch, targets };
      }
    },
  };
}
