import { createTransforms, type Image, Random } from "convnets";

// MNIST's way to a digit (LeCun, Bottou, Bengio, Haffner 1998, section III.A): black and white, the ink's box scaled
// until it fits 20x20, its grey levels coming from the scaling alone, and the centre of mass in the middle of 28x28.

/** The share of a side that the ink's box fills. */
const filled = 20 / 28;
/** Ink and paper that differ by less are one: an empty sheet. */
const leastContrast = 32;

/** White ink on black, `[1, height, width]`, from a grey picture of dark ink on light paper or light ink on dark. */
export function centredDigit(image: Image, height: number, width: number): Image {
  if (isDigit(image, height, width)) return image;
  const ink = inkOf(image);
  const box = ink && boxOf(ink, image);
  const result = { data: new Uint8Array(height * width), channels: 1, height, width };
  if (!box) return result;
  const scale = Math.min((filled * height) / box.height, (filled * width) / box.width);
  const size = [
    Math.max(1, Math.round(box.height * scale)),
    Math.max(1, Math.round(box.width * scale)),
  ] as const;
  const small = createTransforms([{ name: "resize", size }]).apply(cut(ink, image, box), new Random(0, 0, 0));
  const mass = centreOfMass(small);
  const top = within(Math.round(height / 2 - mass.y), height - small.height);
  const left = within(Math.round(width / 2 - mass.x), width - small.width);
  for (let row = 0; row < small.height; row++)
    result.data.set(
      small.data.subarray(row * small.width, (row + 1) * small.width),
      (top + row) * width + left,
    );
  return result;
}

/** Whether a picture has the form already: its size, black around it, and something on it. */
function isDigit({ data, ...image }: Image, height: number, width: number): boolean {
  if (image.height !== height || image.width !== width) return false;
  const edge = Math.floor(((1 - filled) / 2) * Math.min(height, width)) - 2;
  return data.every((value, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    const outside = Math.min(row, height - 1 - row, column, width - 1 - column) < edge;
    return !outside || value < leastContrast;
  });
}

/** How much each pixel is ink, 0 to 255, or undefined for an empty sheet. */
function inkOf({ data, height, width }: Image): Uint8Array | undefined {
  const { dark, light } = levels(data);
  if (light - dark < leastContrast) return undefined;
  const middle = (dark + light) / 2;
  // Paper is what the border shows most.
  const border = data.filter((_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return row === 0 || column === 0 || row === height - 1 || column === width - 1;
  });
  const lightPaper = border.filter((value) => value > middle).length > border.length / 2;
  // Black and white, but for the edges' own grey levels.
  const slope = (lightPaper ? -2 : 2) / (light - dark);
  return data.map((value) => Math.round(255 * Math.min(1, Math.max(0, 0.5 + slope * (value - middle)))));
}

/** The mean levels of the dark and the light part of a picture, which Otsu's threshold (1979) divides. */
function levels(data: Uint8Array): { readonly dark: number; readonly light: number } {
  const counts = new Float64Array(256);
  for (const value of data) counts[value] = (counts[value] ?? 0) + 1;
  const total = data.reduce((sum, value) => sum + value, 0);
  let [below, sumBelow, most] = [0, 0, -1];
  let best = { dark: 0, light: 0 };
  counts.forEach((count, level) => {
    below += count;
    sumBelow += count * level;
    const above = data.length - below;
    if (below === 0 || above === 0) return;
    const [dark, light] = [sumBelow / below, (total - sumBelow) / above];
    const between = below * above * (light - dark) ** 2;
    if (between > most) [most, best] = [between, { dark, light }];
  });
  return best;
}

interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

function boxOf(ink: Uint8Array, { height, width }: Image): Box | undefined {
  let [top, left, bottom, right] = [height, width, -1, -1];
  ink.forEach((value, at) => {
    if (value < 128) return;
    const [row, column] = [Math.floor(at / width), at % width];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  });
  return bottom < 0 ? undefined : { top, left, height: bottom - top + 1, width: right - left + 1 };
}

function cut(ink: Uint8Array, { width }: Image, box: Box): Image {
  const data = new Uint8Array(box.height * box.width);
  for (let row = 0; row < box.height; row++) {
    const start = (box.top + row) * width + box.left;
    data.set(ink.subarray(start, start + box.width), row * box.width);
  }
  return { data, channels: 1, height: box.height, width: box.width };
}

/** From the upper left corner, in pixels. */
function centreOfMass({ data, width }: Image): { readonly x: number; readonly y: number } {
  let [mass, x, y] = [0, 0, 0];
  data.forEach((value, at) => {
    mass += value;
    x += value * ((at % width) + 0.5);
    y += value * (Math.floor(at / width) + 0.5);
  });
  return { x: x / mass, y: y / mass };
}

function within(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
