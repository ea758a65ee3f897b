// The front door: everything that runs wherever JavaScript does. What needs Node is in `convnets/node`.

export { type Batch, type BatchOptions, batches } from "./data/batches.ts";
export { count, type DataSplits, type Dataset, subset } from "./data/dataset.ts";
export { parseDigits } from "./data/digits.ts";
export { parseIdx } from "./data/idx.ts";
export { inMemory, type Pass, type Pictures, type Splits } from "./data/pictures.ts";
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
  FormatError,
  ShapeError,
  UnsupportedOp,
  UsageError,
  WeightError,
} from "./ir/errors.ts";
export { type Graph, GraphBuilder, type Node, type Value } from "./ir/graph.ts";
export { print } from "./ir/print.ts";
export { type DType, f32, type Shape, type TensorData, type TensorType, type TypedArray } from "./ir/type.ts";
export { AlexNet, alexnet } from "./models/alexnet.ts";
export { AlexNetPaper, alexnet_paper } from "./models/alexnetPaper.ts";
export type { Form, ModelEntry } from "./models/entry.ts";
export { GoogLeNet, type GoogLeNetOptions, googlenet } from "./models/googlenet.ts";
export { GoogLeNetModelV1, googlenet_article } from "./models/googlenetArticle.ts";
export { GoogLeNetPaper, googlenet_paper } from "./models/googlenetPaper.ts";
export { BasicConv2d, InceptionV1 } from "./models/inceptionArticle.ts";
export { InceptionResNetV2, inception_resnet_v2 } from "./models/inceptionResnetV2.ts";
export { InceptionV2, inception_v2 } from "./models/inceptionV2.ts";
export { InceptionV2Rethinking, inception_v2_rethinking } from "./models/inceptionV2Rethinking.ts";
export { InceptionV2Slim, inception_v2_slim } from "./models/inceptionV2Slim.ts";
export { InceptionV3, type InceptionV3Options, inception_v3 } from "./models/inceptionV3.ts";
export { InceptionV4, inception_v4 } from "./models/inceptionV4.ts";
export { LeNet5, type LeNet5Options, lenet5 } from "./models/lenet.ts";
export { LeNet5Paper, lenet5_paper } from "./models/lenetPaper.ts";
export { Mlp, type MlpOptions, mlp } from "./models/mlp.ts";
export { Nin, nin_cifar, nin_imagenet } from "./models/nin.ts";
export type { ModelOptions } from "./models/options.ts";
export { createModel, isModelName, type ModelName, models } from "./models/registry.ts";
export {
  ResNet,
  type ResNetOptions,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
} from "./models/resnet.ts";
export {
  ResNetCifar,
  type ResNetCifarOptions,
  resnet20_cifar,
  resnet32_cifar,
  resnet44_cifar,
  resnet56_cifar,
  resnet110_cifar,
  resnet1202_cifar,
} from "./models/resnetCifar.ts";
export {
  plain18,
  plain34,
  resnet18_paper,
  resnet34_paper,
  resnet50_paper,
  resnet101_paper,
  resnet152_paper,
} from "./models/resnetPaper.ts";
export { type Row, type Summary, type SummaryOptions, summarize } from "./models/summary.ts";
export {
  Vgg,
  vgg11,
  vgg11_bn,
  vgg13,
  vgg13_bn,
  vgg16,
  vgg16_bn,
  vgg19,
  vgg19_bn,
} from "./models/vgg.ts";
export { vgg11_lrn_paper, vgg16c_paper } from "./models/vggPaper.ts";
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
export { relu, sigmoid, tanh } from "./ops/activation.ts";
export { add, affine, mul } from "./ops/arithmetic.ts";
export { logSoftmax, nllLoss, softCrossEntropy } from "./ops/loss.ts";
export { concat, flatten, pad, reshape, slice } from "./ops/shape.ts";
export { gradients } from "./passes/grad.ts";
export { optimize } from "./passes/pipeline.ts";
export { type Evaluation, Evaluator, type EvaluatorOptions } from "./train/evaluate.ts";
export { type TrainingOptions, trainingGraph } from "./train/graphs.ts";
export type { GroupOptions } from "./train/groups.ts";
export type { ImageForm } from "./train/images.ts";
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
export {
  type EpochReport,
  type FitOptions,
  type Report,
  type StepReport,
  Trainer,
  type TrainerOptions,
} from "./train/trainer.ts";
export { matchWeights, withoutParallelPrefix } from "./train/weights.ts";
