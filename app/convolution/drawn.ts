import { bitmapSize, bitmaps } from "convnets/models";

/** A picture in bytes: `[channels, height, width]`, with 1 channel or 3. */
export interface Bytes {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

export interface Drawn {
  readonly name: string;
  readonly title: string;
  make(): Bytes;
}

/** How bright a picture is at a place, 0 to 1. */
type Shade = (row: number, column: number) => number;

const side = 32;
const middle = (side - 1) / 2;

/** Pictures by formula: what a kernel does is seen best where one knows what is there. */
export const drawn: readonly Drawn[] = [
  { name: "edge", title: "Edge", make: () => grey(12, (_, column) => (column < 6 ? 0.2 : 0.9)) },
  {
    name: "dot",
    title: "One bright pixel",
    make: () => grey(11, (row, column) => (row === 5 && column === 5 ? 1 : 0)),
  },
  {
    name: "checkerboard",
    title: "Checkerboard",
    make: () => grey(16, (row, column) => (Math.floor(row / 2) + Math.floor(column / 2)) % 2),
  },
  { name: "gradient", title: "Gradient", make: () => grey(side, (_, column) => column / (side - 1)) },
  {
    name: "circle",
    title: "Circle",
    make: () =>
      grey(side, (row, column) => soft(Math.abs(Math.hypot(row - middle, column - middle) - 10) - 1.5)),
  },
  {
    name: "rings",
    title: "Rings, ever closer",
    make: () =>
      grey(
        128,
        (row, column) => 0.5 + 0.5 * Math.cos(((row - 64) ** 2 + (column - 64) ** 2) * (Math.PI / 128)),
      ),
  },
  {
    name: "letter",
    title: "Letter",
    make: () => grey(16, (row, column) => (letter[row]?.[column] === "#" ? 1 : 0)),
  },
  { name: "colours", title: "Three lights", make: lights },
];

const letter = `
................
................
......####......
......####......
.....##..##.....
.....##..##.....
.....##..##.....
....##....##....
....##....##....
....########....
...##########...
...##......##...
...##......##...
..####....####..
................
................
`
  .trim()
  .split("\n");

/** The targets of LeNet-5's outputs: digits of 7 x 12 pixels, here white on black, with a pixel around. */
export function bitmap(digit: number): Bytes {
  const [width, height] = bitmapSize;
  const data = new Uint8Array((width + 2) * (height + 2));
  bitmaps[digit]?.forEach((pixel, index) => {
    const row = Math.floor(index / width) + 1;
    if (pixel > 0) data[row * (width + 2) + (index % width) + 1] = 255;
  });
  return { channels: 1, height: height + 2, width: width + 2, data };
}

function grey(size: number, shade: Shade): Bytes {
  const data = Uint8Array.from({ length: size * size }, (_, index) =>
    Math.round(255 * shade(Math.floor(index / size), index % size)),
  );
  return { channels: 1, height: size, width: size, data };
}

/** A red, a green and a blue disc, which add where they overlap. */
function lights(): Bytes {
  const centres = [0, 1, 2].map((channel) => {
    const angle = (channel / 3) * 2 * Math.PI - Math.PI / 2;
    return [middle + 5.5 * Math.sin(angle), middle + 5.5 * Math.cos(angle)] as const;
  });
  const planes = centres.map(([y, x]) =>
    grey(side, (row, column) => soft(Math.hypot(row - y, column - x) - 9)),
  );
  return {
    channels: 3,
    height: side,
    width: side,
    data: Uint8Array.from(planes.flatMap(({ data }) => [...data])),
  };
}

/** 1 inside, 0 outside, and a pixel between. */
function soft(distance: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance));
}
