import { UsageError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import type { Classifier, Normalization } from "../nn/classifier.ts";
import { resizing } from "../nn/pooling.ts";
import { affine } from "../ops/arithmetic.ts";
import { pad } from "../ops/shape.ts";

/** Pictures as they travel: u8 `[c, h, w]`, and the normalisation of their data set. */
export interface ImageForm {
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly normalization: Normalization;
  /** Comes before the network's own: for weights that were trained with another. */
  readonly asked?: Normalization;
}

/** What a network reads, from pictures u8 `[n, c, h, w]`: placed at its input size and normalised. */
export function networkInput(images: Value, model: Classifier, form: ImageForm): Value {
  const [channels, height, width] = model.input;
  const [c, h, w] = form.shape;
  if (c !== channels)
    throw new UsageError(
      `the network takes pictures of ${channels} ${channels === 1 ? "channel" : "channels"}, these have ${c}; the model's option \`channels\` sets it`,
    );
  const centred = model.placement === "centre" && h <= height && w <= width;
  const placed = centred ? centre(images, height - h, width - w) : resizing(height, width)(images);
  return normalize(placed, normalizationFor(model, form));
}

/** How the network reads pictures of this form. */
export function normalizationFor(
  { normalization }: Pick<Classifier, "normalization">,
  form: Pick<ImageForm, "normalization" | "asked">,
): Normalization {
  return form.asked ?? normalization ?? form.normalization;
}

/** Pixels of 0 to 255, `[n, c, h, w]`, as a network reads them. */
export function normalize(pixels: Value, { mean, std }: Normalization): Value {
  return affine(pixels, {
    scale: std.map((deviation) => 1 / (255 * deviation)),
    shift: mean.map((average, channel) => -average / (std[channel] ?? std[0] ?? 1)),
  });
}

/** Pixels of 0 around the picture, so that it lies in the middle. */
function centre(images: Value, rows: number, columns: number): Value {
  if (rows === 0 && columns === 0) return images;
  const top = Math.floor(rows / 2);
  const left = Math.floor(columns / 2);
  return pad(images, { before: [0, 0, top, left], after: [0, 0, rows - top, columns - left], value: 0 });
}
