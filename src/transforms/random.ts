import { randomBits, streamKey, streamOf, uniform } from "../ir/random.ts";

const transforms = streamOf("transforms");

/**
 * The random numbers of one picture in one epoch: number i is a pure function of (seed, epoch, index of the picture, i),
 * so that it does not matter which thread transforms the picture, nor when. Another `stream` has other numbers.
 */
export class Random {
  readonly #key: number;
  #drawn = 0;

  constructor(seed: number, epoch: number, index: number, stream: number = transforms) {
    // Both steps are bijections of the last argument: no two pictures of an epoch share a key.
    this.#key = randomBits(randomBits(streamKey(seed, stream), epoch), index);
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return uniform(this.#key, this.#drawn++);
  }

  /** Uniform between `low` and `high`. */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A whole number from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor((randomBits(this.#key, this.#drawn++) * count) / 0x100000000);
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.uniform() < p;
  }

  /** Of the standard normal distribution (Box and Muller 1958). */
  normal(): number {
    // 1 - u is in (0, 1], where the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }
}
