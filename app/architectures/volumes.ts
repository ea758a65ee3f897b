import type { Row } from "convnets/models";

type Extents = readonly [channels: number, height: number, width: number];

/** Maps, or a kernel, as a box, in pixels of the drawing. */
export interface Volume {
  readonly title: string;
  /** How many there are of it, where that is more than one. */
  readonly note: string;
  readonly extents: Extents;
  /** The upper left corner of its front face. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** How far its channels go, to the right and up. */
  readonly depth: number;
}

/** What a convolution or a pooling reads, slides and puts out, to one scale. */
export interface Volumes {
  readonly width: number;
  readonly height: number;
  readonly volumes: readonly Volume[];
}

/** The largest extent, in pixels of the drawing. */
const largest = 100;
const apart = 36;
/** A channel takes this part of a pixel to the right, and up. */
const slant = 0.35;

/** Undefined for a layer without a window, or with other than maps. */
export function volumesOf({ slides, products, input, output }: Row): Volumes | undefined {
  const [, channels, height, width] = input;
  const [, to, high, wide] = output;
  if (slides === undefined || channels === undefined || height === undefined || width === undefined)
    return undefined;
  if (to === undefined || high === undefined || wide === undefined) return undefined;
  // A pooling reads one map at a time.
  const deep = products.length === 0 ? 1 : channels / slides.groups;
  const named: readonly Pick<Volume, "title" | "note" | "extents">[] = [
    { title: "input", note: "", extents: [channels, height, width] },
    products.length === 0
      ? { title: "window", note: "", extents: [deep, ...slides.kernel] }
      : { title: "kernel", note: `, one of ${to}`, extents: [deep, ...slides.kernel] },
    { title: "output", note: "", extents: [to, high, wide] },
  ];
  const sides = named.flatMap(({ extents: [c, h, w] }) => [slant * c, h, w]);
  const scale = largest / Math.max(...sides);
  // What is too small to see is drawn three pixels large.
  const drawn = (extent: number) => Math.max(3, extent * scale);
  const sizes = named.map((one) => {
    const [c, h, w] = one.extents;
    return { ...one, width: drawn(w), height: drawn(h), depth: Math.max(2, slant * c * scale) };
  });
  const tallest = Math.max(...sizes.map((size) => size.height + size.depth));
  let right = 0;
  const volumes = sizes.map((size) => {
    const x = right;
    right += size.width + size.depth + apart;
    return { ...size, x, y: (tallest - size.height - size.depth) / 2 + size.depth };
  });
  return { width: right - apart, height: tallest, volumes };
}
