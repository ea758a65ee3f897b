import type { Value } from "../ir/graph.ts";
import { add } from "../ops/arithmetic.ts";
import { clamp, clipFactor, scale, squaredNorm } from "../ops/clip.ts";

export interface ClipOptions {
  /** Every element of every gradient is brought within -clipValue and clipValue. Default: none is. */
  readonly clipValue?: number;
  /**
   * All gradients are multiplied by one number such that the norm of all their elements is at most this; after
   * `clipValue`, where both are given. No update can begin before the last gradient is there, so that all gradients
   * take memory at once. Default: none is.
   */
  readonly clipNorm?: number;
}

/** PyTorch's clip_grad_value_ and clip_grad_norm_. `norm` is there with `clipNorm`: that of the gradients before it acts. */
export function clipped(
  gradients: readonly Value[],
  { clipValue, clipNorm }: ClipOptions,
): { readonly gradients: readonly Value[]; readonly norm?: Value } {
  const bounded = clipValue === undefined ? gradients : gradients.map((dw) => clamp(dw, { most: clipValue }));
  if (clipNorm === undefined) return { gradients: bounded };
  const [factor, norm] = clipFactor(add(...bounded.map((dw) => squaredNorm(dw))), { most: clipNorm });
  return { gradients: bounded.map((dw) => scale(dw, factor)), norm };
}
