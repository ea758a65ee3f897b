import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { size } from "../ir/type.ts";
import { batchNorm, batchNormScale } from "../ops/batchNorm.ts";
import { addChannels, scaleChannels } from "../ops/channels.ts";
import { type LocalResponseNormAttrs, localResponseNorm } from "../ops/localResponseNorm.ts";
import { movingAverage } from "../ops/update.ts";
import { constantly, zeros } from "./init.ts";
import { Buffer, type Layer, Module, Parameter } from "./module.ts";
import { type Trace, traceOf } from "./trace.ts";

export interface BatchNormOptions {
  /** Added to the variance. Default 1e-5; the Inception networks of TensorFlow's descent have 1e-3. */
  readonly eps?: number;
  /** The share of each batch in the running statistics, 1 - TensorFlow's decay. Default 0.1. */
  readonly momentum?: number;
  /** What gamma starts as. Default 1. */
  readonly weight?: number;
}

/**
 * Batch normalisation (Ioffe and Szegedy 2015): in training by the statistics of the batch, which running statistics
 * follow, with the unbiased variance as in PyTorch; in evaluation by the running statistics.
 * x `[n, channels, h, w]`; weight (the paper's gamma), bias (beta), running_mean and running_var `[channels]`.
 */
export class BatchNorm2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly running_mean: Buffer;
  readonly running_var: Buffer;
  readonly eps: number;
  readonly momentum: number;

  constructor(channels: number, options: BatchNormOptions = {}) {
    super();
    const { eps = 1e-5, momentum = 0.1, weight = 1 } = options;
    this.weight = new Parameter([channels], constantly(weight));
    this.bias = new Parameter([channels], zeros());
    this.running_mean = new Buffer([channels], zeros());
    this.running_var = new Buffer([channels], constantly(1));
    this.eps = eps;
    this.momentum = momentum;
  }

  override forward(x: Value): Value {
    const trace = traceOf(x);
    const gamma = trace.valueOf(this.weight);
    const beta = trace.valueOf(this.bias);
    const attrs = { eps: this.eps };
    if (trace.followsBatch(this)) {
      const [y, mean, variance] = batchNorm(x, gamma, beta, attrs);
      this.#follow(trace, x, mean, variance);
      return y;
    }
    const [mean, variance] = [trace.valueOf(this.running_mean), trace.valueOf(this.running_var)];
    const [scale, shift] = batchNormScale(gamma, beta, mean, variance, attrs);
    return addChannels(scaleChannels(x, scale), shift);
  }

  #follow(trace: Trace, x: Value, mean: Value, variance: Value): void {
    const count = size(x.type.shape) / (x.type.shape[1] ?? 1);
    if (count < 2)
      throw new ShapeError(
        "batchNorm",
        "one value a channel has no variance to normalise by: train with larger batches or pictures",
        [x.type],
        trace.graph.scope,
      );
    const averages = [
      { buffer: this.running_mean, value: mean, gain: this.momentum },
      { buffer: this.running_var, value: variance, gain: (this.momentum * count) / (count - 1) },
    ];
    for (const { buffer, value, gain } of averages) {
      const running = trace.valueOf(buffer);
      trace.graph.update(running, movingAverage(running, value, { decay: 1 - this.momentum, gain }));
    }
  }
}

/** AlexNet's normalisation across channels, with its paper's constants unless told otherwise. */
export function localResponseNormalization(options: Partial<LocalResponseNormAttrs> = {}): Layer {
  return (x) => localResponseNorm(x, { size: 5, alpha: 1e-4, beta: 0.75, k: 2, ...options });
}
