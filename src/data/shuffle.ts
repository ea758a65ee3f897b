import { UsageError } from "../ir/errors.ts";
import { randomBits, streamKey, streamOf } from "../ir/random.ts";

/**
 * The numbers 0 to count - 1 in an order that is a pure function of (count, seed, epoch).
 *
 * Fisher–Yates: place i swaps with place floor(bits(i) · (i + 1) / 2³²). Scaling 32 random bits instead of rejecting
 * some keeps the number at i a function of i alone; of 60,000 places none is likelier than another by more than
 * 60,000 / 2³², about 0.0014 %.
 */
export function permutation(count: number, seed: number, epoch: number): Uint32Array {
  if (!Number.isInteger(count) || count < 0 || count > 0xffffffff)
    throw new UsageError(
      `permutation: \`count\` is ${count}, expected a whole number from 0 to ${0xffffffff}`,
    );
  const key = streamKey(seed, streamOf(`shuffle.${epoch}`));
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor((randomBits(key, i) * (i + 1)) / 0x100000000);
    const swapped = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = swapped;
  }
  return order;
}
