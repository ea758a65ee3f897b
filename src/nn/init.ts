import { streamKey, streamOf, uniform } from "../ir/random.ts";
import { type Shape, size } from "../ir/type.ts";

/** Fills a tensor of `shape`; `key` names its stream of random numbers. */
export type Initializer = (shape: Shape, key: number) => Float32Array;

export function zeros(): Initializer {
  return (shape) => new Float32Array(size(shape));
}

export function constantly(value: number): Initializer {
  return (shape) => new Float32Array(size(shape)).fill(value);
}

/** The given numbers, in row-major order. */
export function fixed(values: readonly number[]): Initializer {
  return () => Float32Array.from(values);
}

/** Uniform in [-bound, bound). */
export function uniformWithin(bound: number): Initializer {
  return (shape, key) =>
    Float32Array.from({ length: size(shape) }, (_, i) => (2 * uniform(key, i) - 1) * bound);
}

/**
 * PyTorch's default for convolution and linear layers: uniform within 1 / sqrt(fan in), which is He's uniform
 * form with a = sqrt(5). Biases use the fan in of their weight.
 */
export function torchDefault(fanIn: number): Initializer {
  return uniformWithin(1 / Math.sqrt(fanIn));
}

/** Uniform within gain sqrt(3 / fan in) (He et al. 2015); the gain of ReLU is sqrt(2). */
export function heUniform(fanIn: number, gain: number = Math.SQRT2): Initializer {
  return uniformWithin(gain * Math.sqrt(3 / fanIn));
}

/** Uniform within sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010). */
export function glorotUniform(fanIn: number, fanOut: number): Initializer {
  return uniformWithin(Math.sqrt(6 / (fanIn + fanOut)));
}

/** Normal with mean 0, by the method of Box and Muller. */
export function normal(std: number): Initializer {
  return (shape, key) => Float32Array.from({ length: size(shape) }, (_, i) => std * standardNormal(key, i));
}

function standardNormal(key: number, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(key, 2 * index)));
  return radius * Math.cos(2 * Math.PI * uniform(key, 2 * index + 1));
}

/**
 * Normal with mean 0 and, outside of `bound`, drawn again, as torchvision starts its Inception networks. `bound` is
 * no smaller than `std`, so that 40 draws never run out in practice; the last one is clamped.
 */
export function truncatedNormal(std: number, bound: number = 2 * std): Initializer {
  const draws = 40;
  return (shape, key) => {
    const count = size(shape);
    return Float32Array.from({ length: count }, (_, i) => {
      for (let draw = 0; draw < draws; draw++) {
        const value = std * standardNormal(key, i + draw * count);
        if (Math.abs(value) <= bound) return value;
      }
      return bound;
    });
  };
}

/**
 * Normal with the variance gain² / fan out (He et al. 2015), which keeps the size of gradients; fan out is the filters
 * times the kernel's area. torchvision starts the convolutions of VGG and ResNet so.
 */
export function heNormalFanOut(gain: number = Math.SQRT2): Initializer {
  return (shape, key) => normal(gain / Math.sqrt(size(shape) / (shape[1] ?? 1)))(shape, key);
}

/** Normal with the variance gain² / fan in (He et al. 2015), which keeps the size of activations. */
export function heNormalFanIn(gain: number = Math.SQRT2): Initializer {
  return (shape, key) => normal(gain / Math.sqrt(size(shape.slice(1))))(shape, key);
}

/** Uniform within sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010), the fans read off the shape. */
export function glorot(): Initializer {
  return (shape, key) => {
    const [filters = 1, ...receptive] = shape;
    const area = size(shape.slice(2));
    return glorotUniform(size(receptive), filters * area)(shape, key);
  };
}

/** The starting values of the tensor at `path`: a function of the seed and the path alone. */
export function initialize(init: Initializer, shape: Shape, path: string, seed: number): Float32Array {
  return init(shape, streamKey(seed, streamOf(path)));
}
