import type { Kernel } from "../engine.ts";
import { type Context, elementsOf, float } from "./lowering.ts";

/** The states' own memory takes the new weights and velocities, once nobody reads the old ones. */
export const sgdUpdate: Kernel<"sgdUpdate", Context, void> = ({ inputs, results, attrs }, context) => {
  const [w, v, dw, rate] = inputs;
  const [weight, velocity] = [context.plain(w), context.plain(v)];
  const fields = [weight, velocity, context.plain(dw), context.plain(rate)];
  const newWeight = context.over(results[0], { place: weight, layout: "plain" });
  const newVelocity = context.over(results[1], { place: velocity, layout: "plain" });
  const { momentum, weightDecay, nesterov } = attrs;
  const numbers = [elementsOf(w, "plain"), float(momentum), float(weightDecay), nesterov ? 1 : 0];
  context.step("sgdUpdate", [...fields, newWeight, newVelocity, ...numbers]);
};

export const movingAverage: Kernel<"movingAverage", Context, void> = (
  { inputs, results: [next], attrs },
  context,
) => {
  const { places, layout } = context.together(inputs);
  const [average, value] = places;
  if (!average || !value) return;
  const to = context.over(next, { place: average, layout });
  const numbers = [elementsOf(next, layout), float(attrs.decay), float(attrs.gain)];
  context.step("movingAverage", [average, value, to, ...numbers]);
};
