import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  adjustBrightness,
  adjustContrast,
  adjustSaturation,
  adjustSharpness,
} from "../../src/transforms/adjust.ts";
import { type Box, crop } from "../../src/transforms/crop.ts";
import type { TransformName, TransformSpec } from "../../src/transforms/definitions.ts";
import { flipHorizontally, flipVertically } from "../../src/transforms/flip.ts";
import { adjustHue } from "../../src/transforms/hue.ts";
import type { Image } from "../../src/transforms/image.ts";
import type { Fill, Size } from "../../src/transforms/kinds.ts";
import { type OperationName, operations } from "../../src/transforms/operations.ts";
import { createTransforms } from "../../src/transforms/pipeline.ts";
import { Random } from "../../src/transforms/random.ts";
import { invert } from "../../src/transforms/tables.ts";
import { fiveCrop, tenCrop } from "../../src/transforms/views.ts";
import { type PictureKind, picture } from "./pictures.ts";

// recorded.json holds what torchvision makes of the pictures, through Pillow; record.py has recorded it.

interface Row {
  readonly apply: keyof typeof functions;
  readonly of: readonly [PictureKind, channels: number, height: number, width: number];
  readonly parameters: never;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly data: string;
}

interface Applied {
  readonly name: OperationName;
  readonly magnitude: number;
  readonly fill: Fill;
}

/** What torchvision has as functions of a picture, by the names of record.py. */
const functions = {
  resize: transform("resize"),
  centerCrop: transform("centerCrop"),
  pad: transform("pad"),
  crop: (image: Image, box: Box) => crop(image, box),
  flipHorizontally,
  flipVertically,
  brightness: byFactor(adjustBrightness),
  contrast: byFactor(adjustContrast),
  saturation: byFactor(adjustSaturation),
  sharpness: byFactor(adjustSharpness),
  hue: byFactor(adjustHue),
  grayscale: transform("grayscale"),
  invert,
  operation: (image: Image, { name, magnitude, fill }: Applied) => operations[name](image, magnitude, fill),
  fiveCrop: (image: Image, { size }: { readonly size: Size }) => stacked(fiveCrop(size)(image)),
  tenCrop: (image: Image, { size }: { readonly size: Size }) => stacked(tenCrop(size)(image)),
};

// The file's form is what record.py writes.
const rows = JSON.parse(readFileSync(new URL("recorded.json", import.meta.url), "utf8")) as readonly Row[];

describe("pixels are Pillow's, to the bit", () => {
  for (const { apply, of, parameters, shape, data } of rows)
    it(`${apply} ${JSON.stringify(parameters)} of ${of.join(" ")}`, () => {
      const image = picture(...of);
      const before = image.data.slice();
      const result = functions[apply](image, parameters);
      expect([result.channels, result.height, result.width]).toEqual(shape);
      expect([...result.data]).toEqual([...Buffer.from(data, "base64")]);
      expect(image.data, "the picture that was given").toEqual(before);
    });
});

function byFactor(adjust: (image: Image, factor: number) => Image) {
  return (image: Image, { factor }: { readonly factor: number }) => adjust(image, factor);
}

/** Several pictures of one size as one of all their channels. */
function stacked(images: readonly Image[]): Image {
  const [{ height, width } = { height: 0, width: 0 }] = images;
  const data = Uint8Array.from(images.flatMap((image) => [...image.data]));
  return { data, channels: data.length / (height * width), height, width };
}

/** A transform that draws nothing. */
function transform<N extends TransformName>(name: N) {
  return (image: Image, parameters: Omit<TransformSpec<N>, "name">) =>
    // The name and the options of that name.
    createTransforms([{ name, ...parameters } as unknown as TransformSpec]).apply(image, new Random(0, 0, 0));
}
