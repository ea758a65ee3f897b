import { blank, type Image, planeOf } from "./image.ts";

// What replaces each value of a pixel by another one, as Pillow's ImageOps do.

/** 255 less the value. */
export function invert(image: Image): Image {
  return mapped(image, () => table((value) => 255 - value));
}

/** Keeps the highest `bits` of 8. */
export function posterize(image: Image, bits: number): Image {
  const kept = 256 - 2 ** (8 - bits);
  return mapped(image, () => table((value) => value & kept));
}

/** Inverts the values from `threshold` on. */
export function solarize(image: Image, threshold: number): Image {
  return mapped(image, () => table((value) => (value < threshold ? value : 255 - value)));
}

/** Stretches the values of each channel from the least to the largest over 0 to 255. */
export function autoContrast(image: Image): Image {
  return mapped(image, (plane) => {
    const least = plane.reduce((a, b) => Math.min(a, b));
    const most = plane.reduce((a, b) => Math.max(a, b));
    if (least === most) return undefined;
    const scale = 255 / (most - least);
    return table((value) => Math.max(0, Math.min(Math.trunc(value * scale - least * scale), 255)));
  });
}

/** Spreads the values of each channel so that all become about equally frequent. */
export function equalize(image: Image): Image {
  return mapped(image, (plane) => {
    const counts = new Uint32Array(256);
    for (const value of plane) counts[value] = (counts[value] ?? 0) + 1;
    const most = counts.findLast((count) => count > 0) ?? 0;
    const step = Math.floor((plane.length - most) / 255);
    if (step === 0) return undefined;
    let below = Math.floor(step / 2);
    return table((value) => {
      const result = Math.floor(below / step);
      below += counts[value] ?? 0;
      return Math.min(result, 255);
    });
  });
}

/** What replaces 0 to 255, asked for in this order. */
function table(of: (value: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => of(value));
}

/** Undefined leaves a channel as it is. */
function mapped(image: Image, tableOf: (plane: Uint8Array) => Uint8Array | undefined): Image {
  const result = blank(image.channels, image.height, image.width);
  for (let channel = 0; channel < image.channels; channel++) {
    const plane = planeOf(image, channel);
    const values = tableOf(plane);
    planeOf(result, channel).set(values ? plane.map((value) => values[value] ?? 0) : plane);
  }
  return result;
}
