import type { Normalization } from "../nn/classifier.ts";

/** That of a network that normalises itself: pixels from 0 to 255 stay what they are. */
export const asPixels: Normalization = { mean: [0], std: [1 / 255] };

/** The pixels a model expects, as `exportOnnx` notes it in a file. */
export function normalizationOf(metadata: Readonly<Record<string, string>>): Normalization | undefined {
  const [mean, std] = [numbers(metadata.mean), numbers(metadata.std)];
  return mean && std && mean.length === std.length ? { mean, std } : undefined;
}

export function normalizationText({ mean, std }: Normalization): Readonly<Record<string, string>> {
  return { mean: JSON.stringify(mean), std: JSON.stringify(std) };
}

/** The names of the classes, if a file has them. */
export function classesOf(metadata: Readonly<Record<string, string>>): readonly string[] | undefined {
  const list = parsed(metadata.classes);
  return Array.isArray(list) && list.every((name) => typeof name === "string") ? list : undefined;
}

function numbers(text: string | undefined): readonly number[] | undefined {
  const list = parsed(text);
  return Array.isArray(list) && list.length > 0 && list.every(Number.isFinite) ? list : undefined;
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
