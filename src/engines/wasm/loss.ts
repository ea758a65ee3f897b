import { nchw } from "../../ir/type.ts";
import type { Kernel } from "../engine.ts";
import { type Context, float } from "./lowering.ts";

export const logSoftmax: Kernel<"logSoftmax", Context, void> = ({ inputs: [x], results: [y] }, context) => {
  const from = context.plain(x);
  const to = context.over(y, { place: from, layout: "plain" });
  context.step("logSoftmax", [from, to, ...nchw(x.type.shape).slice(0, 2)]);
};

export const logSoftmaxGrad: Kernel<"logSoftmaxGrad", Context, void> = ({ inputs, results }, context) => {
  const [dy, y] = inputs.map((input) => context.plain(input));
  if (!dy || !y) return;
  const dx = context.over(results[0], { place: dy, layout: "plain" });
  context.step("logSoftmaxGrad", [dy, y, dx, ...nchw(inputs[0].type.shape).slice(0, 2)]);
};

export const nllLoss: Kernel<"nllLoss", Context, void> = ({ inputs, results: [loss] }, context) => {
  const [logp, labels] = inputs;
  const shape = nchw(logp.type.shape).slice(0, 2);
  const fields = [context.plain(logp), context.plain(labels), context.define(loss), ...shape];
  context.step("nllLoss", fields, { splits: false });
};

export const nllLossInputGrad: Kernel<"nllLossInputGrad", Context, void> = (node, context) => {
  const [dy, labels] = node.inputs;
  const [dx] = node.results;
  const shape = nchw(dx.type.shape).slice(0, 2);
  const fields = [context.plain(dy), context.plain(labels), context.define(dx), ...shape];
  context.step("nllLossInputGrad", fields, { splits: false });
};

export const softCrossEntropy: Kernel<"softCrossEntropy", Context, void> = (node, context) => {
  const [logp, targets] = node.inputs;
  const [n, classes] = nchw(logp.type.shape);
  const places = [context.plain(logp), context.plain(targets), context.define(node.results[0])];
  const labelled = targets.type.dtype === "i32" ? 1 : 0;
  const fields = [...places, n, classes, labelled, float(node.attrs.smoothing)];
  context.step("softCrossEntropy", fields, { splits: false });
};

export const softCrossEntropyInputGrad: Kernel<"softCrossEntropyInputGrad", Context, void> = (
  node,
  context,
) => {
  const [dy, targets] = node.inputs;
  const [dx] = node.results;
  const [n, classes] = nchw(dx.type.shape);
  const places = [context.plain(dy), context.plain(targets), context.define(dx)];
  const labelled = targets.type.dtype === "i32" ? 1 : 0;
  const fields = [...places, n, classes, labelled, float(node.attrs.smoothing)];
  context.step("softCrossEntropyInputGrad", fields, { splits: false });
};
