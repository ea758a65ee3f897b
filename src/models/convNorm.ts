import type { Value } from "../ir/graph.ts";
import { Conv2d, type ConvOptions } from "../nn/layers.ts";
import { Module } from "../nn/module.ts";
import { BatchNorm2d, type BatchNormOptions } from "../nn/normalization.ts";
import { run } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";

/**
 * Convolution, batch norm, ReLU: what Inception networks since the second are made of, named as torchvision and timm
 * name it. The convolution has no bias unless told otherwise, and batch norm's eps is TensorFlow's 1e-3.
 */
export class ConvNorm extends Module {
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;

  constructor(from: number, to: number, options: ConvOptions & BatchNormOptions) {
    super();
    this.conv = new Conv2d(from, to, { bias: false, ...options });
    this.bn = new BatchNorm2d(to, { eps: 1e-3, ...options });
  }

  override forward(x: Value): Value {
    return run(x, this.conv, this.bn, relu);
  }
}
