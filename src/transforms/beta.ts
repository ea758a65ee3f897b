import type { Random } from "./random.ts";

/** Of the beta distribution with both parameters `alpha`, above 0: near 0 or 1 where that is small, near 1/2 where large. */
export function beta(random: Random, alpha: number): number {
  // X / (X + Y) of two gamma variates, by their logarithms: for a small alpha both round to 0.
  return 1 / (1 + Math.exp(logGamma(random, alpha) - logGamma(random, alpha)));
}

/** The logarithm of a variate of the gamma distribution (Marsaglia and Tsang 2000). */
function logGamma(random: Random, shape: number): number {
  // Gamma(a) is Gamma(a + 1) U^(1/a); 1 - u is in (0, 1], where the logarithm is finite.
  if (shape < 1) return logGamma(random, shape + 1) + Math.log(1 - random.uniform()) / shape;
  const d = shape - 1 / 3;
  for (;;) {
    const x = random.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v))
      return Math.log(d * v);
  }
}
