import { serializeSafetensors } from "convnets";
import { serializeTorch } from "convnets/formats";
import { textsOf } from "./metadata.ts";
import type { Network } from "./network.ts";
import { openNetwork } from "./open.ts";

/** The formats that a network can be written in, by the endings of their files' names. */
export type FileForm = "safetensors" | "pth" | "onnx";

/** How an ONNX model is written. */
export interface OnnxChoices {
  /** Moves batch norm into the convolutions before it. */
  readonly fold: boolean;
  /** Ends with a softmax, so that the model puts out probabilities. */
  readonly softmax: boolean;
  /** Begins with the normalisation, so that the model reads pixels from 0 to 255. */
  readonly normalize: boolean;
}

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

/** A file name for the network: what systems don't take in one becomes `-`. */
export function fileName({ name }: Pick<Network, "name">, form: FileForm): string {
  const plain = name.replace(/[^\p{L}\p{N}._ -]+/gu, "-").replace(/^[. -]+|[. -]+$/g, "");
  return `${plain === "" ? "network" : plain}.${form}`;
}
