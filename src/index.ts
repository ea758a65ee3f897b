// The front door: everything that runs wherever JavaScript does. What needs Node is in `convnets/node`.

export { type Batch, type BatchOptions, batches } from "./data/batches.ts";
export { cifar10Classes } from "./data/cifarVariants.ts";
export { count, type DataSplits, type Dataset, subset } from "./data/dataset.ts";
export { parseDigits } from "./data/digits.ts";
export { parseIdx } from "./data/idx.ts";
export { mixed } from "./data/mixed.ts";
export { digitClasses, digitNormalization } from "./data/mnistVariants.ts";
export { inMemory, type Pass, type Pictures, type Splits } from "./data/pictures.ts";
export { transformed } from "./data/transformed.ts";
export { engineNames, type LoadedEngine, type LoadOptions, loadEngine } from "./engines/auto.ts";
export type {
  Arrays,
  Choices,
  Engine,
  MemoryReport,
  PrepareOptions,
  Program,
  StepTime,
} from "./engines/engine.ts";
export { referenceEngine } from "./engines/reference/engine.ts";
export { parseNpy, serializeNpy } from "./formats/npy.ts";
export { parseSafetensors, type SafetensorsFile, serializeSafetensors } from "./formats/safetensors.ts";
export {
  ConvnetsError,
  DeviceError,
  DivergedError,
  FormatError,
  ShapeError,
  UnsupportedOp,
  UsageError,
  WeightError,
} from "./ir/errors.ts";
export { type Graph, GraphBuilder, type Node, type Value } from "./ir/graph.ts";
export { print } from "./ir/print.ts";
export { type DType, f32, type Shape, type TensorData, type TensorType, type TypedArray } from "./ir/type.ts";
export * from "./models/index.ts";
export type { Classifier, Normalization, OutputKind, Placement } from "./nn/classifier.ts";
export * as init from "./nn/init.ts";
export { Conv2d, type ConvOptions, Dropout, Linear, type LinearOptions } from "./nn/layers.ts";
export { Buffer, type Layer, Module, namedTensors, Parameter } from "./nn/module.ts";
export { BatchNorm2d, type BatchNormOptions, localResponseNormalization } from "./nn/normalization.ts";
export {
  adaptiveAvgPooling,
  avgPooling,
  globalAvgPooling,
  maxPooling,
  type PoolOptions,
  resizing,
} from "./nn/pooling.ts";
export { run, Sequential } from "./nn/sequential.ts";
export { Trace, trace, traceOf } from "./nn/trace.ts";
export { matchWeights, withoutParallelPrefix } from "./nn/weights.ts";
export { relu, sigmoid, tanh } from "./ops/activation.ts";
export { add, affine, mul } from "./ops/arithmetic.ts";
export { logSoftmax, nllLoss, softCrossEntropy } from "./ops/loss.ts";
export { concat, flatten, pad, reshape, slice } from "./ops/shape.ts";
export { gradients } from "./passes/grad.ts";
export { optimize } from "./passes/pipeline.ts";
export {
  type Checkpoint,
  type EpochScore,
  evaluationWeights,
  type TrainingState,
} from "./train/checkpoint.ts";
export type { ClipOptions } from "./train/clip.ts";
export { type EmaOptions, emaPrefix } from "./train/ema.ts";
export { type Evaluation, Evaluator, type EvaluatorOptions } from "./train/evaluate.ts";
export { type FindRateOptions, type FoundRate, findRate, type RatePoint } from "./train/findRate.ts";
export { type TrainingOptions, trainingGraph } from "./train/graphs.ts";
export type { GroupOptions } from "./train/groups.ts";
export { newHead } from "./train/head.ts";
export type { ImageForm } from "./train/images.ts";
export { type NonFinite, numericsPrefix, type Watched, watchNumerics } from "./train/numerics.ts";
export {
  type AdamOptions,
  adam,
  adamw,
  type Optimizer,
  type OptimizerName,
  optimizers,
  type RmspropOptions,
  rmsprop,
  type SgdOptions,
  sgd,
  type Trained,
} from "./train/optimizers.ts";
export type { EpochReport, Report, StepReport } from "./train/reports.ts";
export {
  constantRate,
  cosine,
  createSchedule,
  exponentialDecay,
  type Moment,
  multiStepDecay,
  oneCycle,
  plateau,
  polynomial,
  type Schedule,
  type ScheduleConfig,
  type ScheduleName,
  type Span,
  schedules,
  stepDecay,
  type Validation,
  type Warmup,
} from "./train/schedules.ts";
export { type FitOptions, Trainer, type TrainerOptions } from "./train/trainer.ts";
export type { TransformName, TransformSpec } from "./transforms/definitions.ts";
export type { Image } from "./transforms/image.ts";
export type { MixOptions } from "./transforms/mix.ts";
export { createTransforms, normalizationOf, parseTransforms } from "./transforms/pipeline.ts";
export {
  alexnetTraining,
  cifarTraining,
  digitTraining,
  imagenetEvaluation,
  imagenetTraining,
} from "./transforms/presets.ts";
export { Random } from "./transforms/random.ts";
export type { Transform } from "./transforms/transform.ts";
export { fiveCrop, flipped, tenCrop, type Views } from "./transforms/views.ts";
