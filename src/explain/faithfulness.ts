import { UsageError } from "../ir/errors.ts";
import { size } from "../ir/type.ts";
import type { Attribution } from "./attribution.ts";
import { Probe, type Subject } from "./probe.ts";

export interface FaithfulnessOptions {
  /** Steps in which pixels go. Default 28. */
  readonly steps?: number;
  /** The picture that shows nothing, as the network reads it. Default: zeros, the mean colour of the data set. */
  readonly baseline?: Float32Array;
}

/** Mean probabilities of a map's class, 0 to 1, while pixels come and go by their rank in the map. */
export interface Faithfulness {
  /** Pixels leave the picture, the highest first. A good map makes the class improbable soon: low is good. */
  readonly deletion: number;
  /** Pixels come into the baseline, the highest first. High is good. */
  readonly insertion: number;
}

/**
 * Whether a map `[h, w]` of the picture's size names the pixels the network decides by. Petsiuk, Das, Saenko, "RISE",
 * 2018, https://arxiv.org/abs/1806.07421, section 4.3.
 */
export async function faithfulness(
  subject: Subject,
  picture: Float32Array,
  map: Attribution,
  options: FaithfulnessOptions = {},
): Promise<Faithfulness> {
  const { steps = 28, baseline = new Float32Array(picture.length) } = options;
  const [channels, height, width] = subject.model.input;
  const area = height * width;
  if (size(map.shape) !== area)
    throw new UsageError(`faithfulness: the map is ${map.shape.join("x")}, the picture ${height}x${width}`);
  const ranked = Array.from({ length: area }, (_, at) => at).sort(
    (a, b) => (map.data[b] ?? 0) - (map.data[a] ?? 0),
  );
  const probe = await Probe.create(subject, { batch: Math.min(steps + 1, 16) });
  const curve = async (from: Float32Array, to: Float32Array) => {
    const stages = new Float32Array((steps + 1) * picture.length);
    for (let step = 0; step <= steps; step++) {
      const stage = stages.subarray(step * picture.length, (step + 1) * picture.length);
      stage.set(from);
      for (const at of ranked.slice(0, Math.round((step * area) / steps)))
        for (let channel = 0; channel < channels; channel++)
          stage[channel * area + at] = to[channel * area + at] ?? 0;
    }
    const { probabilities } = await probe.run(stages);
    const own = probabilities.filter((_, index) => index % subject.model.classes === map.target);
    // The area under the curve, by trapezoids.
    const ends = ((own[0] ?? 0) + (own[steps] ?? 0)) / 2;
    return (own.reduce((sum, value) => sum + value, 0) - ends) / steps;
  };
  return { deletion: await curve(picture, baseline), insertion: await curve(baseline, picture) };
}
