import type { Classifier } from "../nn/classifier.ts";
import type { ModelOptions } from "./options.ts";

/**
 * Which of a network's forms this is:
 * - `paper`: as published, with every detail that is known
 * - `modern`: as it is built today
 * - `article`: as the article this project set out from writes it
 * - `torchvision`, `timm`, `caffe`, `slim`: as the library whose weights people have builds it
 * - `baseline`: not the network of interest; there to be compared with
 */
export type Form = "paper" | "modern" | "article" | "torchvision" | "timm" | "caffe" | "slim" | "baseline";

/** A model one can ask for by name. */
export interface ModelEntry {
  readonly name: string;
  readonly form: Form;
  /** One line. */
  readonly about: string;
  readonly year: number;
  readonly paper: { readonly title: string; readonly url: string };
  /** The input unless the options say otherwise. */
  readonly input: readonly [channels: number, height: number, width: number];
  create(options?: ModelOptions): Classifier;
}
