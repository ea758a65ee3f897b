import { parse as parseYaml } from "yaml";
import { mixed } from "../data/mixed.ts";
import type { Pictures } from "../data/pictures.ts";
import { transformed } from "../data/transformed.ts";
import { readFile } from "../files/readFile.ts";
import { FormatError, UsageError } from "../ir/errors.ts";
import type { TransformSpec } from "../transforms/definitions.ts";
import type { MixOptions } from "../transforms/mix.ts";
import { parseTransforms } from "../transforms/pipeline.ts";
import { alexnetTraining, cifarTraining, digitTraining, imagenetTraining } from "../transforms/presets.ts";

type Size = readonly [height: number, width: number];

/** What training does to its pictures, by name. */
export const presets: Readonly<
  Record<"none" | "digits" | "cifar" | "imagenet" | "alexnet", (size: Size) => readonly TransformSpec[]>
> = {
  none: () => [],
  digits: digitTraining,
  // Pictures of a folder are of any size yet; for those of the size this changes nothing.
  cifar: ([height, width]) => [
    { name: "resize", size: Math.max(height, width) },
    { name: "centerCrop", size: [height, width] },
    ...cifarTraining([height, width]),
  ],
  imagenet: imagenetTraining,
  alexnet: alexnetTraining,
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

/** Whether the pictures of a batch are mixed: 0 turns that off. */
export function isMixed({ mixup = 0, cutmix = 0 }: MixOptions): boolean {
  return mixup > 0 || cutmix > 0;
}

/** The pictures with batches mixed as `mixup` and `cutmix` say. */
export function mixedBy(pictures: Pictures, { mixup = 0, cutmix = 0 }: MixOptions): Pictures {
  if (!isMixed({ mixup, cutmix })) return pictures;
  return mixed(pictures, { ...(mixup > 0 && { mixup }), ...(cutmix > 0 && { cutmix }) });
}

/** The pictures after `specs`, which have to keep the size: testing goes without them. */
export function augmented(pictures: Pictures, specs: readonly TransformSpec[]): Pictures {
  if (specs.length === 0) return pictures;
  const made = transformed(pictures, specs);
  if (made.shape.some((extent, axis) => extent !== pictures.shape[axis]))
    throw new UsageError(
      `augment: makes pictures of ${made.shape.join("x")} of those of ${pictures.shape.join("x")}, expected the same size`,
    );
  return made;
}
