// What this page notes in a `.safetensors` file beside the weights.

import { isModelName, type ModelOptions } from "convnets";
import { isNormalization, isRecord } from "./entry.ts";
import type { Network } from "./network.ts";

/** What a file may say of its network. */
export type Noted = Partial<Pick<Network, "name" | "form" | "classes" | "normalization" | "digits">>;

/** The texts for the file's header. */
export function textsOf({
  name,
  form,
  classes,
  normalization,
  digits,
}: Network): Readonly<Record<string, string>> {
  return {
    name,
    ...(form.kind === "zoo" && { model: form.model, options: JSON.stringify(form.options) }),
    classes: JSON.stringify(classes),
    mean: JSON.stringify(normalization.mean),
    std: JSON.stringify(normalization.std),
    digits: `${digits}`,
  };
}

/** What the texts of a header say; what makes no sense is left out, for anyone can write them. */
export function notedIn(texts: Readonly<Record<string, string>>): Noted {
  const { name, model, digits } = texts;
  const options = parsed(texts.options ?? "{}");
  const classes = parsed(texts.classes);
  const normalization = { mean: parsed(texts.mean), std: parsed(texts.std) };
  return {
    ...(name !== undefined && name.trim() !== "" && { name: name.slice(0, 200) }),
    ...(model !== undefined &&
      isModelName(model) &&
      isOptions(options) && { form: { kind: "zoo", model, options } }),
    ...(isTexts(classes) && { classes }),
    ...(isNormalization(normalization) && { normalization }),
    ...(digits !== undefined && { digits: digits === "true" }),
  };
}

/** Numbers, words and lists of numbers by name: what options of models are made of. `createModel` checks the rest. */
function isOptions(value: unknown): value is ModelOptions {
  if (!isRecord(value)) return false;
  const plain = (one: unknown) => ["number", "boolean", "string"].includes(typeof one);
  return Object.values(value).every(
    (one) => plain(one) || (Array.isArray(one) && one.every(Number.isFinite)),
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
