import { parse as parseYaml } from "yaml";
import type { Batch } from "../data/batches.ts";
import type { Pass, Pictures } from "../data/pictures.ts";
import { readFile } from "../files/readFile.ts";
import { FormatError, UsageError } from "../ir/errors.ts";
import type { TransformSpec } from "../transforms/definitions.ts";
import { createTransforms, parseTransforms } from "../transforms/pipeline.ts";
import { cifarTraining, imagenetTraining } from "../transforms/presets.ts";
import { Random } from "../transforms/random.ts";
import type { Transform } from "../transforms/transform.ts";

type Size = readonly [height: number, width: number];

/** What training does to its pictures, by name. */
export const presets: Readonly<
  Record<"none" | "cifar" | "imagenet", (size: Size) => readonly TransformSpec[]>
> = {
  none: () => [],
  cifar: cifarTraining,
  imagenet: imagenetTraining,
};

/** The transforms that `augment` names: a preset, a file, or the transforms themselves. */
export async function transformsFor(
  augment: unknown,
  { shape }: Pictures,
): Promise<readonly TransformSpec[]> {
  if (typeof augment !== "string") return parseTransforms(augment ?? []);
  const [, height, width] = shape;
  for (const [name, preset] of Object.entries(presets)) if (name === augment) return preset([height, width]);
  const bytes = await readFile(augment, 1 << 20).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`augment: ${error.message}; presets are ${Object.keys(presets).join(", ")}`);
  });
  try {
    return parseTransforms(parseYaml(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw new FormatError(`${augment}: ${error instanceof Error ? error.message : "is no YAML"}`);
  }
}

/** The pictures after `specs`, which keep their size; the same for the same pass. */
export function transformed(pictures: Pictures, specs: readonly TransformSpec[]): Pictures {
  if (specs.length === 0) return pictures;
  const transform = createTransforms(specs);
  return { ...pictures, batches: (pass) => through(pictures, transform, pass) };
}

async function* through(
  pictures: Pictures,
  transform: Transform,
  pass: Pass,
): AsyncGenerator<Batch, void, void> {
  const [channels, height, width] = pictures.shape;
  const stride = channels * height * width;
  const images = new Uint8Array(pass.size * stride);
  let first = (pass.start ?? 0) * pass.size;
  for await (const batch of pictures.batches(pass)) {
    for (let slot = 0; slot < pass.size; slot++) {
      const place = first + (slot % batch.count);
      const random = new Random(pass.seed, pass.epoch, pass.order?.[place] ?? place);
      const data = batch.images.subarray(slot * stride, (slot + 1) * stride);
      const made = transform.apply({ data, channels, height, width }, random);
      if (made.height !== height || made.width !== width || made.channels !== channels)
        throw new UsageError(
          `augment: makes pictures of ${made.channels}x${made.height}x${made.width} of those of ${channels}x${height}x${width}, expected the same size`,
        );
      images.set(made.data, slot * stride);
    }
    first += pass.size;
    yield { ...batch, images };
  }
}
