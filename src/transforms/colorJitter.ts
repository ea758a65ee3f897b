import { adjustBrightness, adjustContrast, adjustSaturation } from "./adjust.ts";
import { adjustHue } from "./hue.ts";
import { either, number, type Range, range } from "./kinds.ts";
import type { Random } from "./random.ts";
import type { TransformDefinition } from "./transform.ts";

export interface ColorJitterOptions {
  readonly brightness?: number | Range;
  readonly contrast?: number | Range;
  readonly saturation?: number | Range;
  readonly hue?: number | Range;
}

const factor = either(number(0, Number.MAX_VALUE), range(0, Number.MAX_VALUE));

export const colorJitter: TransformDefinition<ColorJitterOptions> = {
  about: "Changes brightness, contrast, saturation and hue, in any order",
  parameters: {
    brightness: {
      kind: factor,
      default: 0,
      about: "the range of the factor, or how far from 1 it is at most",
    },
    contrast: { kind: factor, default: 0, about: "the same" },
    saturation: { kind: factor, default: 0, about: "the same" },
    hue: {
      kind: either(number(0, 0.5), range(-0.5, 0.5)),
      default: 0,
      about: "the range of the part of a full turn, or how far from 0 it is at most",
    },
  },
  create: ({ brightness, contrast, saturation, hue }) => {
    const changes = [
      { adjust: adjustBrightness, range: factors(brightness), none: 1 },
      { adjust: adjustContrast, range: factors(contrast), none: 1 },
      { adjust: adjustSaturation, range: factors(saturation), none: 1 },
      { adjust: adjustHue, range: typeof hue === "number" ? ([-hue, hue] as const) : hue, none: 0 },
    ].filter(({ range: [least, most], none }) => least !== none || most !== none);
    return {
      apply(image, random) {
        let current = image;
        for (const { adjust, range } of shuffled(changes, random))
          current = adjust(current, random.between(...range));
        return current;
      },
    };
  },
};

function factors(given: number | Range): Range {
  return typeof given === "number" ? [Math.max(0, 1 - given), 1 + given] : given;
}

function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  return list
    .map((item) => ({ item, place: random.uniform() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
