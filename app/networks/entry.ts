import { isModelName } from "convnets";
import type { Network, NetworkForm } from "./network.ts";

/** What is kept of a network beside its bytes, so that a list of them is quick. */
export interface KeptNetwork extends Omit<Network, "form" | "weights"> {
  readonly form: Extract<NetworkForm, { kind: "zoo" }> | { readonly kind: "onnx" };
  /** How many its weights take, or its ONNX file. */
  readonly bytes: number;
  /** When it was kept, in milliseconds since 1970. */
  readonly kept: number;
}

/** A network apart from its bytes. */
export function entryOf({ form, weights, ...network }: Network, kept: number): KeptNetwork {
  return form.kind === "zoo"
    ? { ...network, form, bytes: weights.length, kept }
    : { ...network, form: { kind: "onnx" }, bytes: form.bytes.length, kept };
}

export function bytesOf({ form, weights }: Network): Uint8Array<ArrayBuffer> {
  return form.kind === "onnx" ? form.bytes : weights;
}

/** The network that `entryOf` and `bytesOf` took apart. */
export function networkOf(entry: KeptNetwork, found: Uint8Array<ArrayBuffer>): Network {
  const { bytes: _, kept: __, form, ...network } = entry;
  return form.kind === "zoo"
    ? { ...network, form, weights: found }
    : { ...network, form: { kind: "onnx", bytes: found }, weights: new Uint8Array() };
}

/** Whether this is an entry as `entryOf` makes them: another version of this page may have written it. */
export function isEntry(value: unknown): value is KeptNetwork {
  if (!isRecord(value)) return false;
  const { id, name, origin, digits, classes, normalization, form, bytes, kept } = value;
  return (
    [id, name, origin].every((text) => typeof text === "string") &&
    typeof digits === "boolean" &&
    Array.isArray(classes) &&
    classes.length > 0 &&
    classes.every((text) => typeof text === "string") &&
    isNormalization(normalization) &&
    isForm(form) &&
    [bytes, kept].every(Number.isFinite)
  );
}

function isForm(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { kind, model, options } = value;
  return (
    kind === "onnx" ||
    (kind === "zoo" && typeof model === "string" && isModelName(model) && isRecord(options))
  );
}

export function isNormalization(value: unknown): value is Network["normalization"] {
  if (!isRecord(value)) return false;
  const { mean, std } = value;
  return isNumbers(mean) && isNumbers(std) && std.every((deviation) => deviation > 0);
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
