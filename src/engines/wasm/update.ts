import type { Value } from "../../ir/graph.ts";
import type { RmspropAttrs } from "../../ops/update.ts";
import type { Kernel } from "../engine.ts";
import type { Field } from "./draft.ts";
import { type Context, elementsOf, float } from "./lowering.ts";
import type { Place } from "./memory.ts";

export const adamUpdate: Kernel<"adamUpdate", Context, void> = ({ inputs, results, attrs }, context) => {
  const [w, m, v, dw, rate, step] = inputs;
  const { beta1, beta2, eps, weightDecay, decoupled } = attrs;
  const fields = updated([w, m, v], [dw, rate, step], results, context);
  // Powers of beta need more than the 24 bits of a field: its rest follows it.
  const numbers = [beta1, rest(beta1), 1 - beta1, beta2, rest(beta2), 1 - beta2, eps, weightDecay].map(float);
  context.step("adamUpdate", [...fields, elementsOf(w, "plain"), ...numbers, decoupled ? 1 : 0]);
};

export const rmspropUpdate: Kernel<"rmspropUpdate", Context, void> = (
  { inputs, results, attrs },
  context,
) => {
  const [w, s, v, dw, rate] = inputs;
  const fields = updated([w, s, v], [dw, rate], results, context);
  context.step("rmspropUpdate", [...fields, elementsOf(w, "plain"), ...rmspropNumbers(attrs)]);
};

export const centeredRmspropUpdate: Kernel<"centeredRmspropUpdate", Context, void> = (
  { inputs, results, attrs },
  context,
) => {
  const [w, s, a, v, dw, rate] = inputs;
  const fields = updated([w, s, a, v], [dw, rate], results, context);
  context.step("centeredRmspropUpdate", [...fields, elementsOf(w, "plain"), ...rmspropNumbers(attrs)]);
};

function rmspropNumbers({ alpha, eps, momentum, weightDecay }: RmspropAttrs): readonly Field[] {
  return [alpha, 1 - alpha, eps, momentum, weightDecay].map(float);
}

/** The places of states, of what else is read, and of the states' next contents, which are the states' own if they can be. */
function updated(
  states: readonly Value[],
  others: readonly Value[],
  results: readonly Value[],
  context: Context,
): readonly Place[] {
  const places = states.map((state) => context.plain(state));
  const read = others.map((other) => context.plain(other));
  const next = places.flatMap((place, i) => {
    const result = results[i];
    return result ? [context.over(result, { place, layout: "plain" })] : [];
  });
  return [...places, ...read, ...next];
}

function rest(value: number): number {
  return value - Math.fround(value);
}

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

export const emaUpdate: Kernel<"emaUpdate", Context, void> = (
  { inputs: [average, value, step], results: [next], attrs },
  context,
) => {
  const places = [context.plain(average), context.plain(value), context.plain(step)] as const;
  const to = context.over(next, { place: places[0], layout: "plain" });
  const numbers = [elementsOf(next, "plain"), float(attrs.decay), attrs.warmup ? 1 : 0];
  context.step("emaUpdate", [...places, to, ...numbers]);
};
