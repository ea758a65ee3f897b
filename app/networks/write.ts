import { serializeSafetensors } from "convnets";
import { serializeTorch } from "convnets/formats";
import type { FileForm, OnnxChoices } from "./fileForm.ts";
import { textsOf } from "./metadata.ts";
import type { Network } from "./network.ts";
import { openNetwork } from "./open.ts";

/**
 * The network as a file. Classes and normalisation are noted in it, but for `.pth`, which has no place for them. An ONNX
 * model takes any number of pictures a run. For a worker. Throws `ConvnetsError`.
 */
export async function fileOf(
  network: Network,
  form: FileForm,
  { fold, softmax, normalize }: OnnxChoices,
): Promise<Uint8Array<ArrayBuffer>> {
  const { model, weights, normalization, classes } = await openNetwork(network);
  if (form === "safetensors") return serializeSafetensors(weights, textsOf(network));
  if (form === "pth") return serializeTorch(weights);
  const { exportOnnx } = await import("convnets/onnx");
  return exportOnnx(model, weights, {
    ...{ fold, softmax, classes, name: network.name },
    ...(normalize ? { normalize: normalization } : { normalization }),
  });
}
