import { present, UsageError } from "../ir/errors.ts";
import type { Graph } from "../ir/graph.ts";
import { rewrite } from "../ir/rewrite.ts";
import { initialize, normal } from "../nn/init.ts";
import { relu, reluGrad } from "../ops/activation.ts";
import type { Attribution, TargetOptions } from "./attribution.ts";
import { picture as towardsPicture } from "./layers.ts";
import { Probe, type Question, type Subject } from "./probe.ts";

// Attributions by the gradient of a class's score towards the picture. Pictures are f32 `[c, h, w]`, normalised.

/** Pictures a run of SmoothGrad and of integrated gradients, where they take as many. */
export const gradientBatch = 8;

/** The gradient itself. Simonyan, Vedaldi, Zisserman 2013, https://arxiv.org/abs/1312.6034. */
export async function saliency(
  subject: Subject,
  picture: Float32Array,
  options: TargetOptions = {},
): Promise<Attribution> {
  return plainGradient(subject, picture, options, {});
}

/**
 * The gradient with every ReLU letting back only what raises the score. Springenberg, Dosovitskiy, Brox, Riedmiller,
 * "Striving for simplicity", 2014, https://arxiv.org/abs/1412.6806.
 */
export async function guidedBackpropagation(
  subject: Subject,
  picture: Float32Array,
  options: TargetOptions = {},
): Promise<Attribution> {
  return plainGradient(subject, picture, options, { pass: guideGradients });
}

/** reluGrad(dy, y) -> reluGrad(relu(dy), y). */
export function guideGradients(graph: Graph): Graph {
  return rewrite(graph, ({ op }, [dy, y]) =>
    op === reluGrad.opName && dy && y ? [reluGrad(relu(dy), y)] : undefined,
  );
}

export interface SmoothGradOptions extends TargetOptions {
  /** Default 32. */
  readonly samples?: number;
  /** The noise's standard deviation, as a share of the picture's range. Default 0.15. */
  readonly noise?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** The mean gradient of noisy copies of the picture. Smilkov et al. 2017, https://arxiv.org/abs/1706.03825. */
export async function smoothGrad(
  subject: Subject,
  picture: Float32Array,
  options: SmoothGradOptions = {},
): Promise<Attribution> {
  const { samples = 32, noise = 0.15, seed = 0 } = options;
  expectCount("smoothGrad", "samples", samples);
  const probe = await gradientProbe(subject, Math.min(gradientBatch, samples));
  const target = options.target ?? (await probe.best(picture));
  const deviation = noise * (largest(picture) - smallest(picture));
  const noisy = new Float32Array(samples * picture.length);
  for (let sample = 0; sample < samples; sample++) noisy.set(picture, sample * picture.length);
  const drawn = initialize(normal(deviation), [noisy.length], "smoothGrad", seed);
  for (let i = 0; i < noisy.length; i++) noisy[i] = (noisy[i] ?? 0) + (drawn[i] ?? 0);
  const data = mean(await gradientsOf(probe, noisy, target), picture.length);
  return { shape: subject.model.input, data, target };
}

export interface IntegratedGradientsOptions extends TargetOptions {
  /** Places on the way at which the gradient is taken. Default 64. */
  readonly steps?: number;
  /** The picture that shows nothing, as the network reads it. Default: zeros, the mean colour of the data set. */
  readonly baseline?: Float32Array;
}

/** Attributions that add up: their sum is `score` less `baselineScore`, but for what the finite steps miss. */
export interface CompleteAttribution extends Attribution {
  readonly score: number;
  readonly baselineScore: number;
}

/**
 * The picture less the baseline, times the mean gradient on the straight way between them, at the middles of `steps`
 * equal parts. Sundararajan, Taly, Yan, "Axiomatic attribution for deep networks", 2017, https://arxiv.org/abs/1703.01365.
 */
export async function integratedGradients(
  subject: Subject,
  picture: Float32Array,
  options: IntegratedGradientsOptions = {},
): Promise<CompleteAttribution> {
  const { steps = 64, baseline = new Float32Array(picture.length) } = options;
  expectCount("integratedGradients", "steps", steps);
  if (baseline.length !== picture.length)
    throw new UsageError(
      `integratedGradients: \`baseline\` has ${baseline.length} numbers, the picture ${picture.length}`,
    );
  const probe = await gradientProbe(subject, Math.min(gradientBatch, steps));
  const target = options.target ?? (await probe.best(picture));
  const difference = picture.map((value, i) => value - (baseline[i] ?? 0));
  // The ends are for their scores alone.
  const way = new Float32Array((steps + 2) * picture.length);
  way.set(picture, steps * picture.length);
  way.set(baseline, (steps + 1) * picture.length);
  for (let step = 0; step < steps; step++) {
    const share = (step + 0.5) / steps;
    way.set(
      baseline.map((value, i) => value + share * (difference[i] ?? 0)),
      step * picture.length,
    );
  }
  const { scores, gradients } = await probe.run(way, target);
  const onWay = present(gradients.get(towardsPicture), "it was asked for").subarray(
    0,
    steps * picture.length,
  );
  const gradient = mean(onWay, picture.length);
  const scoreOf = (row: number) => scores[row * subject.model.classes + target] ?? Number.NaN;
  return {
    shape: subject.model.input,
    data: gradient.map((value, i) => value * (difference[i] ?? 0)),
    target,
    score: scoreOf(steps),
    baselineScore: scoreOf(steps + 1),
  };
}

async function plainGradient(
  subject: Subject,
  picture: Float32Array,
  options: TargetOptions,
  question: Question,
): Promise<Attribution> {
  const probe = await gradientProbe(subject, 1, question);
  const target = options.target ?? (await probe.best(picture));
  return { shape: subject.model.input, data: await gradientsOf(probe, picture, target), target };
}

function gradientProbe(subject: Subject, pictures: number, question: Question = {}): Promise<Probe> {
  return Probe.create(subject, { ...question, towards: [towardsPicture], batch: pictures });
}

async function gradientsOf(probe: Probe, pictures: Float32Array, target: number): Promise<Float32Array> {
  const { gradients } = await probe.run(pictures, target);
  return present(gradients.get(towardsPicture), "it was asked for");
}

/** The mean of rows of `length` numbers. */
function mean(rows: Float32Array, length: number): Float32Array {
  const sums = new Float64Array(length);
  rows.forEach((value, i) => {
    sums[i % length] = (sums[i % length] ?? 0) + value;
  });
  return Float32Array.from(sums, (sum) => (sum * length) / rows.length);
}

// Pictures can have more numbers than a call can have arguments.
function largest(numbers: Float32Array): number {
  return numbers.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}

function smallest(numbers: Float32Array): number {
  return numbers.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

function expectCount(method: string, option: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`${method}: \`${option}\` is ${value}, expected a whole number of 1 or more`);
}
