/** A curve as it is drawn and kept: `means[i]` is of steps `i * stride + 1` to `(i + 1) * stride`. */
export interface CurveData {
  readonly stride: number;
  readonly means: readonly number[];
  /** The exponential mean at each point's last step. */
  readonly smooth: readonly number[];
}

/** How much of the exponential mean stays at a step. */
const kept = 0.95;

/**
 * A number a step, however many steps there are, in a bounded number of points: when there are too many, two and two
 * become one.
 */
export class Curve {
  readonly #most: number;
  #stride = 1;
  #means: number[] = [];
  #smooth: number[] = [];
  #sum = 0;
  #pending = 0;
  #mean = 0;
  #weight = 0;

  /** `most` is how many points there are at most, an even number. */
  constructor(most = 1024) {
    this.#most = most;
  }

  add(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) this.#addOne(values[i] ?? 0);
  }

  #addOne(value: number): void {
    this.#mean = kept * this.#mean + (1 - kept) * value;
    this.#weight = kept * this.#weight + (1 - kept);
    this.#sum += value;
    if (++this.#pending < this.#stride) return;
    this.#means.push(this.#sum / this.#pending);
    // Divided by what the zero it began with lacks (Kingma and Ba 2015, section 3).
    this.#smooth.push(this.#mean / this.#weight);
    this.#sum = 0;
    this.#pending = 0;
    if (this.#means.length < this.#most) return;
    this.#means = halved(this.#means, (a, b) => (a + b) / 2);
    this.#smooth = halved(this.#smooth, (_, b) => b);
    this.#stride *= 2;
  }

  /** The exponential mean over all steps so far; undefined before the first. */
  get latest(): number | undefined {
    return this.#weight === 0 ? undefined : this.#mean / this.#weight;
  }

  get data(): CurveData {
    return { stride: this.#stride, means: [...this.#means], smooth: [...this.#smooth] };
  }
}

/** The last step of each point. */
export function stepsOf({ stride, means }: CurveData): number[] {
  return means.map((_, index) => (index + 1) * stride);
}

function halved(values: readonly number[], merge: (a: number, b: number) => number): number[] {
  return Array.from({ length: values.length / 2 }, (_, i) =>
    merge(values[2 * i] ?? 0, values[2 * i + 1] ?? 0),
  );
}

/** A line of a plot: places and their values, the places growing. */
export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Lines over one axis: all places in order, and for each line its value there, or undefined where it has none. */
export function aligned(lines: readonly Points[]): [x: number[], ...y: (number | undefined)[][]] {
  const x = [...new Set(lines.flatMap((line) => line.x))].sort((a, b) => a - b);
  const rows = lines.map((line) => {
    const values = new Map(line.x.map((place, index) => [place, line.y[index]]));
    return x.map((place) => values.get(place));
  });
  return [x, ...rows];
}
