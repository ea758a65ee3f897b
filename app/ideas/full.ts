import { type Addressing, type Limits, wholeWithin } from "./query.ts";

/** A picture, a layer of neurons that read all of it, and a convolution over it. */
export interface Comparison {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly neurons: number;
  readonly kernels: number;
  /** The side of a kernel, odd. */
  readonly kernel: number;
}

export const limits: Readonly<Record<"side" | "channels" | "neurons" | "kernels" | "kernel", Limits>> = {
  side: [1, 512],
  channels: [1, 4],
  neurons: [1, 100_000],
  kernels: [1, 1024],
  kernel: [1, 11],
};

export const imagePresets: readonly Pick<Comparison, "width" | "height" | "channels">[] = [
  { width: 28, height: 28, channels: 1 },
  { width: 100, height: 100, channels: 3 },
  { width: 224, height: 224, channels: 3 },
];

export interface Costs {
  /** Weights of one neuron that reads the whole picture. */
  readonly neuron: number;
  /** Weights of all the neurons. */
  readonly full: number;
  /** Weights of the convolution, shared by all places. */
  readonly convolution: number;
  /** Numbers that the convolution puts out, with padding that keeps the picture's size. */
  readonly outputs: number;
  /** Weights of a full connection that puts out as many. */
  readonly matching: number;
  /** Numbers of the picture that one output of the convolution reads. */
  readonly reads: number;
}

/** Weights without biases. */
export function costs({ width, height, channels, neurons, kernels, kernel }: Comparison): Costs {
  const neuron = width * height * channels;
  const outputs = width * height * kernels;
  const reads = kernel * kernel * channels;
  return {
    neuron,
    full: neurons * neuron,
    convolution: kernels * reads,
    outputs,
    matching: outputs * neuron,
    reads,
  };
}

/** A weight is a float32. */
export const bytesPerWeight = 4;

/** `image=100x100x3&neurons=1000&kernels=64&kernel=3` */
export const addressing: Addressing<Comparison> = {
  parse(query) {
    const [width, height, channels] = (query.get("image") ?? "").split("x");
    const kernel = wholeWithin(query.get("kernel"), limits.kernel, 3);
    return {
      width: wholeWithin(width, limits.side, 100),
      height: wholeWithin(height, limits.side, 100),
      channels: wholeWithin(channels, limits.channels, 3),
      neurons: wholeWithin(query.get("neurons"), limits.neurons, 1000),
      kernels: wholeWithin(query.get("kernels"), limits.kernels, 64),
      kernel: kernel % 2 === 1 ? kernel : kernel - 1,
    };
  },
  format({ width, height, channels, neurons, kernels, kernel }) {
    return {
      image: `${width}x${height}x${channels}`,
      neurons: `${neurons}`,
      kernels: `${kernels}`,
      kernel: `${kernel}`,
    };
  },
};
