import { initial, queryOf, type Settings } from "./settings.ts";

/** A state of the page that is worth looking at, and what is to be seen. */
export interface Lesson {
  readonly title: string;
  readonly text: string;
  readonly query: Readonly<Record<string, string>>;
}

export const lessons: readonly Lesson[] = [
  lesson(
    "Find edges",
    "The kernel takes what is left of a pixel from what is right of it. Where nothing changes that is 0. It is far above 0 where black becomes white, and far below where white becomes black. Point at either picture, or press Play.",
    { kernel: "sobelX" },
  ),
  lesson(
    "Blur",
    "Twenty-five equal numbers with the sum 1: each result is the mean of its window. Make one of them larger, and the picture moves towards it.",
    { kernel: "box", size: 5, appearance: "clipped" },
  ),
  lesson(
    "One bright pixel",
    "What comes out is the kernel, turned by half a turn: networks lay the kernel on as it is written, and the window that has the pixel in its first place comes last.",
    { picture: "dot", kernel: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
  ),
  lesson(
    "Pad with zeros",
    "Padding keeps the picture's size. But the zeros are black, and a blur mixes them in: the border gets darker. Compare “Valid”.",
    { picture: "edge", kernel: "box", padding: "same", appearance: "clipped" },
  ),
  lesson(
    "Stride too far",
    "Every fourth pixel is kept, and there are rings that the picture does not have: aliasing. A Gaussian blur of 7 × 7 instead of the single pixel takes out what is too fine for the stride, and most of them with it.",
    { picture: "rings", kernel: "identity", size: 1, stride: 4, appearance: "clipped" },
  ),
  lesson(
    "Dilate",
    "Nine numbers read a window of 7 × 7: more of the picture for no more weights. Edges are found that are softer and further apart.",
    { picture: "circle", kernel: "sobelX", dilation: 3, padding: "same" },
  ),
  lesson(
    "Take the maximum",
    "Max pooling keeps the largest of each 2 × 2 window, and forgets where in the window it was: a quarter of the numbers, and small shifts change little.",
    { operation: "max", size: 2, stride: 2 },
  ),
  lesson(
    "Three channels",
    "A colour picture is three planes. The kernel has a square for each, and the three sums are added to one number. This one says how much redder than green it is.",
    { picture: "colours", channels: "all", kernel: "redGreen" },
  ),
];

function lesson(title: string, text: string, part: Partial<Settings>): Lesson {
  // Names its picture and kernel even where they are those of the beginning: an address without a query changes nothing.
  const { picture = initial.picture } = part;
  return { title, text, query: { picture, ...queryOf({ ...initial, ...part }, undefined) } };
}
