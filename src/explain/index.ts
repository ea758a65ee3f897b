// Why a network answers as it does: `convnets/explain`. Pure TypeScript, for Node and browsers alike.

export {
  type Attribution,
  overChannels,
  resizeMap,
  type TargetOptions,
} from "./attribution.ts";
export { colourMap, overlay, type Picture, pictureOf, sideBySide, tiles } from "./colours.ts";
export { type Faithfulness, type FaithfulnessOptions, faithfulness } from "./faithfulness.ts";
export {
  compareFields,
  type FieldRow,
  type Gaze,
  measureReceptiveField,
  type Region,
  receptiveField,
} from "./field.ts";
export {
  type GradCamOptions,
  gradCam,
  gradCamOf,
  gradCamPlusPlus,
  gradCamPlusPlusOf,
  type Maps,
} from "./gradCam.ts";
export {
  type CompleteAttribution,
  gradientBatch,
  guidedBackpropagation,
  guideGradients,
  type IntegratedGradientsOptions,
  integratedGradients,
  type SmoothGradOptions,
  saliency,
  smoothGrad,
} from "./gradient.ts";
export { layerShapes } from "./layers.ts";
export type { Influence, Units } from "./linearNetwork.ts";
export { type OcclusionOptions, occlusion } from "./occlusion.ts";
export { type Answer, Probe, type Question, SharedProbes, type Subject, sharing } from "./probe.ts";
export { contactSheet, explanationPage, type Page, type Plate, type Section, type Table } from "./sheet.ts";
export {
  activations,
  filters,
  mostActivating,
  mostActivatingOf,
  networkPictures,
  type Patch,
  type PatchOptions,
} from "./units.ts";
