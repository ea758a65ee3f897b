import { UsageError } from "../ir/errors.ts";
import { streamOf } from "../ir/random.ts";
import { beta } from "./beta.ts";
import { cutmix, drawCut } from "./cutmix.ts";
import { mixup } from "./mixup.ts";
import { Random } from "./random.ts";

/** How the pictures of a batch are mixed in pairs. With both, each batch has one of the two, equally often. */
export interface MixOptions {
  /** The parameter of the beta distribution that a picture's share in itself is drawn from, once a batch. Default: no mixup. */
  readonly mixup?: number;
  /** The same for the area that is kept. Default: no cutmix. */
  readonly cutmix?: number;
  /** The part of the batches that is mixed. Default 1. */
  readonly p?: number;
}

/** What is mixed in place: a batch, and where its targets come. */
export interface MixedBatch {
  /** `[size, channels, height, width]` */
  readonly images: Uint8Array;
  readonly shape: readonly [channels: number, height: number, width: number];
  /** `[size]`; after mixing, the class of the larger share. */
  readonly labels: Int32Array;
  /** `[size, classes]`, to be filled: the share of each class, 1 in all. */
  readonly targets: Float32Array;
}

const mixes = streamOf("mixes");

/** The random numbers that batch number `batch` of an epoch is mixed by. */
export function mixRandom(seed: number, epoch: number, batch: number): Random {
  return new Random(seed, epoch, batch, mixes);
}

/**
 * Mixes batches as `options` say and fills their targets: `share` for the own class of a picture and the rest for its
 * partner's. Throws `UsageError` for options that are wrong, and for labels that are none of the classes.
 */
export function createMix(options: MixOptions): (batch: MixedBatch, random: Random) => void {
  const { mixup: mixupAlpha, cutmix: cutmixAlpha, p = 1 } = options;
  for (const [name, alpha] of Object.entries({ mixup: mixupAlpha, cutmix: cutmixAlpha }))
    if (alpha !== undefined && !(alpha > 0 && Number.isFinite(alpha)))
      throw new UsageError(`mix: \`${name}\` is ${alpha}, expected a number above 0, or none`);
  if (!(p >= 0 && p <= 1)) throw new UsageError(`mix: \`p\` is ${p}, expected a number from 0 to 1`);
  const kinds = [
    ...(mixupAlpha === undefined ? [] : [{ mix: mixUp, alpha: mixupAlpha }]),
    ...(cutmixAlpha === undefined ? [] : [{ mix: mixAreas, alpha: cutmixAlpha }]),
  ];
  return (batch, random) => {
    const kind = random.chance(p) ? kinds[random.below(kinds.length)] : undefined;
    share(batch, kind ? kind.mix(batch, kind.alpha, random) : 1);
  };
}

/** Both give the share of a picture that is its own. */
function mixUp({ images, labels }: MixedBatch, alpha: number, random: Random): number {
  const own = beta(random, alpha);
  mixup(images, labels.length, own);
  return own;
}

function mixAreas({ images, labels, shape }: MixedBatch, alpha: number, random: Random): number {
  const [, height, width] = shape;
  const box = drawCut(random, height, width, 1 - beta(random, alpha));
  cutmix(images, labels.length, shape, box);
  return 1 - (box.height * box.width) / (height * width);
}

function share({ labels, targets }: MixedBatch, own: number): void {
  const pictures = labels.length;
  const classes = targets.length / pictures;
  targets.fill(0);
  for (let i = 0; i < pictures; i++) {
    const label = labels[i] ?? 0;
    if (label < 0 || label >= classes)
      throw new UsageError(`mix: a label is ${label}, expected a class from 0 to ${classes - 1}`);
    const partner = pictures - 1 - i;
    targets[i * classes + label] = (targets[i * classes + label] ?? 0) + own;
    targets[partner * classes + label] = (targets[partner * classes + label] ?? 0) + 1 - own;
  }
  if (own < 0.5) labels.reverse();
}
