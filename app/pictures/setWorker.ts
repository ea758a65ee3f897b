import { expose, transfer } from "comlink";
import type { DataSplits } from "convnets";
import { asImage } from "./asImage.ts";
import { type Classes, heldOut } from "./classes.ts";
import { datasetOf, type LabelledImage, normalizationOf } from "./dataSet.ts";
import { decode } from "./decode.ts";
import type { OwnDataOptions } from "./ownSet.ts";

async function splitsOf(
  classes: Classes,
  { form, digits = false, holdOut }: OwnDataOptions,
): Promise<DataSplits> {
  const train: LabelledImage[] = [];
  const test: LabelledImage[] = [];
  for (const [label, { pictures }] of classes.entries()) {
    const held = heldOut(pictures.length, holdOut);
    for (const [index, { file }] of pictures.entries()) {
      const image = asImage(await decode(file), form, { digits });
      (held[index] ? test : train).push({ image, label });
    }
  }
  const names = classes.map(({ name }) => name);
  const normalization = normalizationOf(train.map(({ image }) => image));
  const splits = {
    train: datasetOf("own pictures, training", train, form, names, normalization),
    test: datasetOf("own pictures, test", test, form, names, normalization),
  };
  return transfer(
    splits,
    Object.values(splits).flatMap(({ images, labels }) => [images.buffer, labels.buffer]),
  );
}

export interface SetWorker {
  readonly splitsOf: typeof splitsOf;
}
expose({ splitsOf } satisfies SetWorker);
