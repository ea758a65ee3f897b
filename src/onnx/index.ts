// `convnets/onnx`: models out to ONNX and in from it, wherever JavaScript runs.

export { type ExportOptions, exportOnnx, writtenOpset } from "./export.ts";
export { buildOnnx, type OnnxGraph, type ParseOptions, parseOnnx } from "./graph.ts";
export { classesOf } from "./metadata.ts";
export { type ImportOptions, importOnnx, OnnxNetwork } from "./network.ts";
export type { External } from "./tensors.ts";
export { onnxWeights } from "./weights.ts";
