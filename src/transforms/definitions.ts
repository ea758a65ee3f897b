import { type ColorJitterOptions, colorJitter } from "./colorJitter.ts";
import {
  type CenterCropOptions,
  centerCrop,
  type PadOptions,
  pad,
  type RandomCropOptions,
  randomCrop,
} from "./crops.ts";
import { type RandomFlipOptions, randomHorizontalFlip, randomVerticalFlip } from "./flip.ts";
import { type GrayscaleOptions, grayscale } from "./grayscale.ts";
import { type LightingOptions, lighting } from "./lighting.ts";
import { type NormalizeOptions, normalize } from "./normalize.ts";
import { type RandAugmentOptions, randAugment } from "./randAugment.ts";
import { type RandomErasingOptions, randomErasing } from "./randomErasing.ts";
import { type RandomResizedCropOptions, randomResizedCrop } from "./randomResizedCrop.ts";
import { type ResizeOptions, resize } from "./resize.ts";
import { type RandomRotationOptions, randomRotation } from "./rotation.ts";
import type { TransformDefinition } from "./transform.ts";
import { type TrivialAugmentWideOptions, trivialAugmentWide } from "./trivialAugmentWide.ts";

/** The options of each transform by the name that configurations know it by: torchvision's, beginning small. */
export interface TransformOptions {
  readonly resize: ResizeOptions;
  readonly centerCrop: CenterCropOptions;
  readonly pad: PadOptions;
  readonly randomCrop: RandomCropOptions;
  readonly randomResizedCrop: RandomResizedCropOptions;
  readonly randomHorizontalFlip: RandomFlipOptions;
  readonly randomVerticalFlip: RandomFlipOptions;
  readonly randomRotation: RandomRotationOptions;
  readonly grayscale: GrayscaleOptions;
  readonly colorJitter: ColorJitterOptions;
  readonly lighting: LightingOptions;
  readonly randAugment: RandAugmentOptions;
  readonly trivialAugmentWide: TrivialAugmentWideOptions;
  readonly randomErasing: RandomErasingOptions;
  readonly normalize: NormalizeOptions;
}

export type TransformName = keyof TransformOptions;

export const definitions: { readonly [N in TransformName]: TransformDefinition<TransformOptions[N]> } = {
  resize,
  centerCrop,
  pad,
  randomCrop,
  randomResizedCrop,
  randomHorizontalFlip,
  randomVerticalFlip,
  randomRotation,
  grayscale,
  colorJitter,
  lighting,
  randAugment,
  trivialAugmentWide,
  randomErasing,
  normalize,
};

/** One transform of a pipeline, as JSON: `{ "name": "randomCrop", "size": 32, "padding": 4 }`. */
export type TransformSpec<N extends TransformName = TransformName> = {
  readonly [K in N]: { readonly name: K } & TransformOptions[K];
}[N];
