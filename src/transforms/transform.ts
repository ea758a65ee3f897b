import type { Image } from "./image.ts";
import type { Kind } from "./kinds.ts";
import type { Random } from "./random.ts";

/** Makes a picture of a picture, drawing what is random from `random`. Changes neither; may return the picture itself. */
export interface Transform {
  apply(image: Image, random: Random): Image;
}

/** How pixels, 0 to 255, become a network's input: `(pixel / 255 - mean) / std`, one number for all channels or one a channel. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Options with every default filled in. */
export type Complete<O> = { readonly [K in keyof O]-?: Exclude<O[K], undefined> };

/** One option of a transform: what it may be, and its default exactly if it may be left out. */
export type Parameter<T> = {
  readonly kind: Kind<Exclude<T, undefined>>;
  readonly about: string;
} & (undefined extends T ? { readonly default: Exclude<T, undefined> } : { readonly default?: never });

/** A transform by its options: how they are checked, documented and carried out. */
export interface TransformDefinition<O> {
  /** One sentence for the documentation, without a full stop. */
  readonly about: string;
  readonly parameters: { readonly [K in keyof O]-?: Parameter<O[K]> };
  /** What no option can be on its own, but two together: why they do not fit, or undefined where they do. */
  readonly conflict?: (options: Complete<O>) => string | undefined;
  /** `normalization` is that of the pipeline, for what depends on the mean colour. */
  readonly create: (options: Complete<O>, normalization: Normalization) => Transform;
}
