export { AlexNet, alexnet } from "./alexnet.ts";
export { AlexNetPaper, alexnet_paper } from "./alexnetPaper.ts";
export { bitmapSize, bitmaps } from "./bitmaps.ts";
export type { Form, ModelEntry } from "./entry.ts";
export {
  type BuiltFit,
  type Fit,
  fitModel,
  fittingModels,
  nearestModel,
  type WeightFile,
} from "./fit.ts";
export { GoogLeNet, type GoogLeNetOptions, googlenet } from "./googlenet.ts";
export { GoogLeNetModelV1, googlenet_article } from "./googlenetArticle.ts";
export { GoogLeNetPaper, googlenet_paper } from "./googlenetPaper.ts";
export {
  googlenetTable,
  type InceptionName,
  type InceptionRow,
  type Reduced,
} from "./googlenetTable.ts";
export { imagenet, plusMinusOne } from "./imagenet.ts";
export { BasicConv2d, InceptionV1 } from "./inceptionArticle.ts";
export { InceptionResNetV2, inception_resnet_v2 } from "./inceptionResnetV2.ts";
export { InceptionV2, inception_v2 } from "./inceptionV2.ts";
export { InceptionV2Rethinking, inception_v2_rethinking } from "./inceptionV2Rethinking.ts";
export { InceptionV2Slim, inception_v2_slim } from "./inceptionV2Slim.ts";
export { InceptionV3, type InceptionV3Options, inception_v3 } from "./inceptionV3.ts";
export { InceptionV4, inception_v4 } from "./inceptionV4.ts";
export { describeMap, type KeyMap } from "./keyMaps.ts";
export { LeNet5, type LeNet5Options, lenet5 } from "./lenet.ts";
export { c3Table, LeNet5Paper, lenet5_paper } from "./lenetPaper.ts";
export { Mlp, type MlpOptions, mlp } from "./mlp.ts";
export { Nin, nin_cifar, nin_imagenet } from "./nin.ts";
export type { ModelOptions, Side } from "./options.ts";
export type { Window } from "./receptiveField.ts";
export { createModel, isModelName, type ModelName, models } from "./registry.ts";
export {
  ResNet,
  type ResNetOptions,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
} from "./resnet.ts";
export {
  ResNetCifar,
  type ResNetCifarOptions,
  resnet20_cifar,
  resnet32_cifar,
  resnet44_cifar,
  resnet56_cifar,
  resnet110_cifar,
  resnet1202_cifar,
} from "./resnetCifar.ts";
export {
  plain18,
  plain34,
  resnet18_paper,
  resnet34_paper,
  resnet50_paper,
  resnet101_paper,
  resnet152_paper,
} from "./resnetPaper.ts";
export {
  type Measurable,
  type Product,
  type Row,
  type Summary,
  type SummaryOptions,
  summarize,
} from "./summary.ts";
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
} from "./vgg.ts";
export { vgg11_lrn_paper, vgg16c_paper } from "./vggPaper.ts";
