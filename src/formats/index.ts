// Files of weights, wherever JavaScript runs: `convnets/formats`. Zip archives take the package fflate.

export { type ElementType, elementBytes } from "./elements.ts";
export { parseNpy, serializeNpy } from "./npy.ts";
export { parseNpz, serializeNpz } from "./npz.ts";
export { parseSafetensors, type SafetensorsFile, serializeSafetensors } from "./safetensors.ts";
export type { ParseOptions, TensorFile } from "./tensorFile.ts";
export { parseTorch } from "./torch.ts";
export { serializeTorch } from "./torchWriter.ts";
export { formatOf, parseWeights, type WeightFormat, weightFormats } from "./weights.ts";
