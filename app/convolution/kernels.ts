// Kernels that people know, at every size at which they make sense, from three rows: binomial coefficients, and their
// first and second differences.

export const kernelSizes = [1, 2, 3, 5, 7] as const;

export interface Preset {
  readonly name: string;
  readonly title: string;
  /** What it does to a picture. */
  readonly about: string;
  /** The sizes it comes in. */
  readonly sizes: readonly number[];
  /** For colour pictures only. */
  readonly colour?: boolean;
  /** Row by row; for a `colour` one, red, green and blue. */
  numbers(size: number): readonly number[];
}

const odd = [3, 5, 7];
const spread = [2, 3, 5, 7];

export const presets: readonly Preset[] = [
  {
    name: "identity",
    title: "Identity",
    about: "leaves every pixel as it is",
    sizes: kernelSizes,
    numbers: identity,
  },
  {
    name: "box",
    title: "Box blur",
    about: "the mean of the window",
    sizes: spread,
    numbers: (size) => Array.from({ length: size * size }, () => 1 / (size * size)),
  },
  {
    name: "gaussian",
    title: "Gaussian blur",
    about: "a mean that trusts near pixels more",
    sizes: spread,
    numbers: (size) => outer(binomial(size), binomial(size)).map((weight) => weight / 4 ** (size - 1)),
  },
  {
    name: "sharpen",
    title: "Sharpen",
    about: "adds what makes a pixel differ from its neighbours",
    sizes: odd,
    numbers: (size) => {
      const second = laplacian(size);
      return identity(size).map((one, index) => one - (second[index] ?? 0) / 4 ** (size - 3));
    },
  },
  {
    name: "sobelX",
    title: "Sobel, across",
    about: "how fast it gets brighter from left to right: finds vertical edges",
    sizes: spread,
    numbers: (size) => outer(binomial(size), difference(size)),
  },
  {
    name: "sobelY",
    title: "Sobel, down",
    about: "how fast it gets brighter from top to bottom: finds horizontal edges",
    sizes: spread,
    numbers: (size) => outer(difference(size), binomial(size)),
  },
  {
    name: "laplacian",
    title: "Laplacian",
    about: "how far a pixel is below the mean of its neighbours: finds edges of all directions, and dots",
    sizes: odd,
    numbers: laplacian,
  },
  {
    name: "emboss",
    title: "Emboss",
    about: "as if lit from a corner",
    sizes: odd,
    numbers: (size) =>
      identity(size).map((one, index) => one + Math.floor(index / size) + (index % size) - (size - 1)),
  },
  {
    name: "redGreen",
    title: "Red against green",
    about: "what is redder than green, blurred: such cells are in the eye, and in first layers",
    sizes: kernelSizes,
    colour: true,
    numbers: (size) => {
      const blur = outer(binomial(size), binomial(size)).map((weight) => weight / 4 ** (size - 1));
      return [...blur, ...blur.map((weight) => -weight), ...blur.map(() => 0)];
    },
  },
];

/** The preset's numbers for a picture of `channels`: the same for every channel, but for those made for colour. */
export function presetNumbers(
  { colour, numbers }: Preset,
  size: number,
  channels: number,
): readonly number[] {
  const one = numbers(size);
  return colour ? one : Array.from({ length: channels }, () => one).flat();
}

/**
 * Other numbers brought to another size and number of channels: the middle stays, and one channel repeats. Three become
 * their sum: a grey picture has the same number in red, green and blue.
 */
export function fitted(
  numbers: readonly number[],
  from: number,
  size: number,
  channels: number,
): readonly number[] {
  const given = numbers.length / (from * from);
  const shift = Math.floor((from - 1) / 2) - Math.floor((size - 1) / 2);
  return Array.from({ length: channels * size * size }, (_, index) => {
    const channel = Math.floor(index / (size * size));
    const row = (Math.floor(index / size) % size) + shift;
    const column = (index % size) + shift;
    if (row < 0 || row >= from || column < 0 || column >= from) return 0;
    const at = row * from + column;
    if (given === channels) return numbers[channel * from * from + at] ?? 0;
    return Array.from({ length: given }, (_, one) => numbers[one * from * from + at] ?? 0).reduce(
      (a, b) => a + b,
    );
  });
}

/** The middle; for an even size, the pixel before it. */
function identity(size: number): readonly number[] {
  const middle = Math.floor((size - 1) / 2) * (size + 1);
  return Array.from({ length: size * size }, (_, index) => (index === middle ? 1 : 0));
}

/** The Laplacian of a Gaussian: for 3 x 3 the four neighbours against the middle. */
function laplacian(size: number): readonly number[] {
  const second = convolved(binomial(size - 2), [1, -2, 1]);
  const smooth = [0, ...binomial(size - 2), 0];
  const down = outer(second, smooth);
  return outer(smooth, second).map((weight, index) => weight + (down[index] ?? 0));
}

/** The derivative of a row of binomial coefficients: for size 2 and 3, -1 1 and -1 0 1. */
function difference(size: number): readonly number[] {
  return size === 2 ? [-1, 1] : convolved(binomial(size - 2), [-1, 0, 1]);
}

function binomial(size: number): readonly number[] {
  let row: readonly number[] = [1];
  while (row.length < size) row = convolved(row, [1, 1]);
  return row;
}

function convolved(a: readonly number[], b: readonly number[]): readonly number[] {
  const sums = new Array<number>(a.length + b.length - 1).fill(0);
  a.forEach((one, i) => {
    b.forEach((other, j) => {
      sums[i + j] = (sums[i + j] ?? 0) + one * other;
    });
  });
  return sums;
}

function outer(column: readonly number[], row: readonly number[]): readonly number[] {
  return column.flatMap((a) => row.map((b) => a * b));
}
