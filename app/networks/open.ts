import {
  type Classifier,
  createModel,
  matchWeights,
  type Normalization,
  parseSafetensors,
  type TensorData,
} from "convnets";
import type { Network } from "./network.ts";

/** A network that can be run. */
export interface OpenedNetwork {
  readonly model: Classifier;
  /** Parameters and buffers by path. */
  readonly weights: ReadonlyMap<string, TensorData>;
  readonly normalization: Normalization;
  readonly classes: readonly string[];
}

/** The network itself, for a worker. A softmax at the end of an ONNX model is left out. Throws `ConvnetsError`. */
export async function openNetwork({
  name,
  form,
  weights,
  normalization,
  classes,
}: Network): Promise<OpenedNetwork> {
  if (form.kind === "onnx") {
    const { importOnnx } = await import("convnets/onnx");
    const model = importOnnx(form.bytes, { file: name, logits: true });
    return { model, weights: model.weights(), normalization, classes };
  }
  const { tensors } = parseSafetensors(weights, name);
  const model = createModel(form.model, form.options);
  matchWeights(model, tensors, name);
  return { model, weights: tensors, normalization, classes };
}
