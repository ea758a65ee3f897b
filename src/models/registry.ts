import { UsageError } from "../ir/errors.ts";
import { nearest } from "../ir/nearest.ts";
import type { Classifier } from "../nn/classifier.ts";
import { alexnetEntries } from "./alexnet.ts";
import { alexnetPaperEntries } from "./alexnetPaper.ts";
import type { ModelEntry } from "./entry.ts";
import { googlenetEntries } from "./googlenet.ts";
import { googlenetArticleEntries } from "./googlenetArticle.ts";
import { googlenetPaperEntries } from "./googlenetPaper.ts";
import { inceptionResnetV2Entries } from "./inceptionResnetV2.ts";
import { inceptionV2Entries } from "./inceptionV2.ts";
import { inceptionV2RethinkingEntries } from "./inceptionV2Rethinking.ts";
import { inceptionV2SlimEntries } from "./inceptionV2Slim.ts";
import { inceptionV3Entries } from "./inceptionV3.ts";
import { inceptionV4Entries } from "./inceptionV4.ts";
import { lenetEntries } from "./lenet.ts";
import { lenetPaperEntries } from "./lenetPaper.ts";
import { mlpEntries } from "./mlp.ts";
import { ninEntries } from "./nin.ts";
import type { ModelOptions } from "./options.ts";
import { resnetEntries } from "./resnet.ts";
import { resnetCifarEntries } from "./resnetCifar.ts";
import { resnetPaperEntries } from "./resnetPaper.ts";
import { vggEntries } from "./vgg.ts";
import { vggPaperEntries } from "./vggPaper.ts";

export type ModelName =
  | keyof typeof mlpEntries
  | keyof typeof lenetEntries
  | keyof typeof lenetPaperEntries
  | keyof typeof alexnetPaperEntries
  | keyof typeof ninEntries
  | keyof typeof alexnetEntries
  | keyof typeof vggEntries
  | keyof typeof vggPaperEntries
  | keyof typeof googlenetPaperEntries
  | keyof typeof googlenetEntries
  | keyof typeof googlenetArticleEntries
  | keyof typeof inceptionV2Entries
  | keyof typeof inceptionV2SlimEntries
  | keyof typeof inceptionV2RethinkingEntries
  | keyof typeof inceptionV3Entries
  | keyof typeof resnetPaperEntries
  | keyof typeof resnetEntries
  | keyof typeof resnetCifarEntries
  | keyof typeof inceptionV4Entries
  | keyof typeof inceptionResnetV2Entries;

/** Every model by its name, oldest first. */
export const models: Readonly<Record<ModelName, ModelEntry>> = {
  ...mlpEntries,
  ...lenetEntries,
  ...lenetPaperEntries,
  ...alexnetPaperEntries,
  ...ninEntries,
  ...alexnetEntries,
  ...vggEntries,
  ...vggPaperEntries,
  ...googlenetPaperEntries,
  ...googlenetEntries,
  ...googlenetArticleEntries,
  ...inceptionV2Entries,
  ...inceptionV2SlimEntries,
  ...inceptionV2RethinkingEntries,
  ...inceptionV3Entries,
  ...resnetPaperEntries,
  ...resnetEntries,
  ...resnetCifarEntries,
  ...inceptionV4Entries,
  ...inceptionResnetV2Entries,
};

/** The model of that name. Throws `UsageError` when there is none. */
export function createModel(name: string, options: ModelOptions = {}): Classifier {
  if (isModelName(name)) return models[name].create(options);
  const meant = nearest(name, Object.keys(models));
  const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
  throw new UsageError(`there is no model "${name}".${hint} \`convnets models\` lists them all.`);
}

export function isModelName(name: string): name is ModelName {
  return Object.hasOwn(models, name);
}
