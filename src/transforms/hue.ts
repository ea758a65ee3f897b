import { blank, type Image, planeOf } from "./image.ts";
import { expectColours } from "./luma.ts";

/**
 * Turns the hue by `turn` of a full turn, -0.5 to 0.5, through hue, saturation and value in a byte each as Pillow has
 * them: colours change a little even where `turn` is 0. A grey picture has no hue.
 */
export function adjustHue(image: Image, turn: number): Image {
  if (image.channels === 1) return image;
  expectColours(image, "hue");
  const steps = Math.trunc(turn * 255);
  const [red, green, blue] = [planeOf(image, 0), planeOf(image, 1), planeOf(image, 2)];
  const result = blank(3, image.height, image.width);
  const size = red.length;
  for (let i = 0; i < size; i++) {
    const [r, g, b] = [red[i] ?? 0, green[i] ?? 0, blue[i] ?? 0];
    const value = Math.max(r, g, b);
    const range = value - Math.min(r, g, b);
    const saturation = Math.trunc(Math.fround(range / value) * 255);
    if (range === 0 || saturation === 0) {
      result.data.fill(value, i, i + 1);
      result.data[size + i] = value;
      result.data[2 * size + i] = value;
      continue;
    }
    const hue = (hueOf(r, g, b, value, range) + steps) & 255;
    writeColour(result.data, i, size, hue, saturation, value);
  }
  return result;
}

/** 0 to 255, in single precision as Pillow's. */
function hueOf(r: number, g: number, b: number, value: number, range: number): number {
  const [toRed, toGreen, toBlue] = [
    Math.fround((value - r) / range),
    Math.fround((value - g) / range),
    Math.fround((value - b) / range),
  ];
  const sixths = r === value ? toBlue - toGreen : g === value ? 2 + toRed - toBlue : 4 + toGreen - toRed;
  return Math.trunc(Math.fround((Math.fround(sixths) / 6 + 1) % 1) * 255);
}

function writeColour(
  out: Uint8Array,
  i: number,
  size: number,
  hue: number,
  saturation: number,
  value: number,
): void {
  const place = (hue * 6) / 255;
  const sector = Math.floor(place);
  const part = Math.fround(place - sector);
  const colour = Math.fround(saturation / 255);
  const low = Math.round(value * (1 - colour));
  const falling = Math.round(value * (1 - Math.fround(colour * part)));
  const rising = Math.round(value * (1 - colour * (1 - part)));
  // From red over yellow, green, cyan, blue and magenta to red: one colour is whole, one is low, one changes.
  const whole = Math.floor(((sector + 1) % 6) / 2);
  const least = Math.floor(((sector + 4) % 6) / 2);
  out[whole * size + i] = value;
  out[least * size + i] = low;
  out[(3 - whole - least) * size + i] = sector % 2 === 0 ? rising : falling;
}
