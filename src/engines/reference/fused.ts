import type { Kernel } from "../engine.ts";
import { channelSums } from "./channels.ts";
import type { Context, Step } from "./context.ts";
import { convGeometry, convolve, correlate } from "./conv.ts";
import { connect, connectionGrad } from "./linear.ts";

export const conv2dBias: Kernel<"conv2dBias", Context, Step> = ({ inputs, results: [y], attrs }, at) => {
  const [x, weight, bias] = inputs;
  const geometry = convGeometry(x.type.shape, weight.type.shape, y.type.shape, attrs);
  return convolve(geometry, at.f32(x), at.f32(weight), at.f32(bias), attrs.activation, at.f32(y));
};

export const conv2dBiasAdd: Kernel<"conv2dBiasAdd", Context, Step> = (node, at) => {
  const [x, weight, bias, residual] = node.inputs;
  const [y] = node.results;
  const geometry = convGeometry(x.type.shape, weight.type.shape, y.type.shape, node.attrs);
  const sum = at.f32(y);
  const added = at.f32(residual);
  const convolution = convolve(geometry, at.f32(x), at.f32(weight), at.f32(bias), "none", sum);
  const least = node.attrs.activation === "relu" ? 0 : Number.NEGATIVE_INFINITY;
  return () => {
    convolution();
    for (let i = 0; i < sum.length; i++) sum[i] = Math.max((sum[i] ?? 0) + (added[i] ?? 0), least);
  };
};

export const conv2dParameterGrad: Kernel<"conv2dParameterGrad", Context, Step> = (node, at) => {
  const [x, dy] = node.inputs;
  const [dw, db] = node.results;
  const geometry = convGeometry(x.type.shape, dw.type.shape, dy.type.shape, node.attrs);
  const weightGrad = correlate(geometry, at.f32(x), at.f32(dy), at.f32(dw));
  const biasGrad = channelSums(dy.type.shape, at.f32(dy), at.f32(db));
  return () => {
    weightGrad();
    biasGrad();
  };
};

export const linearBias: Kernel<"linearBias", Context, Step> = ({ inputs, results: [y], attrs }, at) => {
  const [x, weight, bias] = inputs;
  return connect(weight.type.shape, at.f32(x), at.f32(weight), at.f32(bias), attrs.activation, at.f32(y));
};

export const linearParameterGrad: Kernel<"linearParameterGrad", Context, Step> = (node, at) => {
  const [x, dy] = node.inputs;
  const [dw, db] = node.results;
  const weightGrad = connectionGrad(x.type.shape, at.f32(x), at.f32(dy), at.f32(dw));
  const biasGrad = channelSums(dy.type.shape, at.f32(dy), at.f32(db));
  return () => {
    weightGrad();
    biasGrad();
  };
};
