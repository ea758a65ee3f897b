/** A convolution or pooling without padding, along one axis: for what sees what, they are the same. */
export interface Layer {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

/** The numbers between two layers, seen from the picture. The first level is the picture itself. */
export interface Level {
  /** How many pixels one of its numbers depends on, from the first to the last. */
  readonly field: number;
  /** How many pixels neighbours' fields are apart. */
  readonly jump: number;
  /** Where the field of number 0 has its middle. */
  readonly middle: number;
  /** How many numbers there are. */
  readonly count: number;
}

/**
 * Every level over a picture that is `extent` pixels wide. A layer widens the field by its reach less one, in steps of
 * the level below:
 *
 *   field' = field + (kernel - 1) dilation jump      jump' = jump stride
 */
export function levelsOf(layers: readonly Layer[], extent: number): readonly Level[] {
  const levels: Level[] = [{ field: 1, jump: 1, middle: 0, count: extent }];
  for (const { kernel, stride, dilation } of layers) {
    const { field, jump, middle, count } = levels.at(-1) ?? { field: 1, jump: 1, middle: 0, count: extent };
    const reach = (kernel - 1) * dilation;
    levels.push({
      field: field + reach * jump,
      jump: jump * stride,
      middle: middle + (reach * jump) / 2,
      count: Math.max(0, Math.floor((count - 1 - reach) / stride) + 1),
    });
  }
  return levels;
}

/** A width at which the last level has five numbers, or more. */
export function extentFor(layers: readonly Layer[]): number {
  const { field = 1, jump = 1 } = levelsOf(layers, 1).at(-1) ?? {};
  return Math.max(15, field + 4 * jump);
}

/** The numbers of the level below that a layer's number reads. */
export function readBy({ kernel, stride, dilation }: Layer, index: number): readonly number[] {
  return Array.from({ length: kernel }, (_, tap) => index * stride + tap * dilation);
}

/**
 * What number `index` of the last level depends on, level by level from the picture up: by its place, in how many ways.
 * Pixels in the middle count in more ways than those at the edge.
 */
export function waysTo(layers: readonly Layer[], index: number): readonly ReadonlyMap<number, number>[] {
  let above: ReadonlyMap<number, number> = new Map([[index, 1]]);
  const levels = [above];
  for (const layer of layers.toReversed()) {
    const below = new Map<number, number>();
    for (const [at, ways] of above)
      for (const place of readBy(layer, at)) below.set(place, (below.get(place) ?? 0) + ways);
    levels.unshift(below);
    above = below;
  }
  return levels;
}

/** `3/1/1 2/2/1` in links: kernel, stride and dilation. */
export function textOf(layers: readonly Layer[]): string {
  return layers.map(({ kernel, stride, dilation }) => `${kernel}/${stride}/${dilation}`).join(" ");
}

/** The layers of a link, or undefined where one makes no sense. */
export function layersIn(text: string | null): readonly Layer[] | undefined {
  if (text === null) return undefined;
  const layers = text.split(" ").map((part) => {
    const [kernel = 0, stride = 0, dilation = 0] = part.split("/").map(Number);
    return { kernel, stride, dilation };
  });
  const known =
    layers.length <= mostLayers &&
    layers.every(
      ({ kernel, stride, dilation }) =>
        layerKernels.includes(kernel) && layerStrides.includes(stride) && layerDilations.includes(dilation),
    );
  return known ? layers : undefined;
}

export const mostLayers = 5;
export const layerKernels: readonly number[] = [1, 2, 3, 5, 7];
export const layerStrides: readonly number[] = [1, 2, 3, 4];
export const layerDilations: readonly number[] = [1, 2, 3, 4];
