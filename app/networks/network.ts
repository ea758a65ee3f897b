import type { ModelName, ModelOptions, Normalization } from "convnets";

/** A network with its weights, as it travels to workers. */
export interface Network {
  readonly id: string;
  /** As the reader sees and may change it. */
  readonly name: string;
  readonly form: NetworkForm;
  /** Parameters and buffers by path, a `.safetensors` file. Empty for a network of ONNX, which has them inside. */
  readonly weights: Uint8Array<ArrayBuffer>;
  readonly classes: readonly string[];
  /** How pixels become the network's input. */
  readonly normalization: Normalization;
  /** Whether it was trained on white digits on black, centred: drawings are brought to that form first. */
  readonly digits: boolean;
  /** Where it comes from: `trained here on digits, 98.3 %`, `file lenet.pth`. */
  readonly origin: string;
}

export type NetworkForm =
  | { readonly kind: "zoo"; readonly model: ModelName; readonly options: ModelOptions }
  | { readonly kind: "onnx"; readonly bytes: Uint8Array<ArrayBuffer> };

/** A name for a network that no other has. */
export function newId(): string {
  // `randomUUID` is for secure contexts alone; this is for every page.
  return [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
