import { UsageError } from "../ir/errors.ts";

/** Where a training is. */
export interface Moment {
  /** Updates done so far, and in all. */
  readonly step: number;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** What validation said after each epoch so far. Only `plateau` looks at it. */
  readonly validations?: readonly Validation[];
}

export interface Validation {
  readonly loss: number;
  readonly top1: number;
}

/**
 * The learning rate of the next update as a factor of its peak. A function of the moment and nothing else: a training
 * that goes on after a pause finds its rate without having kept anything for it.
 */
export type Schedule = (at: Moment) => number;

/** A length of training: a plain number is epochs, which need not be whole; `part` is of the whole training, 0 to 1. */
export type Span = number | { readonly steps: number } | { readonly part: number };

export interface Warmup {
  /** How long the rate grows linearly to its peak (Goyal et al. 2017). Default 0. */
  readonly warmup?: Span;
  /** The factor it grows from. Default 0.01, as in torchvision's recipes. */
  readonly warmupFrom?: number;
}

/** The peak throughout. */
export function constantRate(options: Warmup = {}): Schedule {
  return warmed(options, () => 1);
}

export interface StepDecay extends Warmup {
  /** Default 30 epochs. */
  readonly every?: Span;
  /** Default 0.1. */
  readonly gamma?: number;
}

/** Times `gamma` after every so many epochs or steps, counted from the start of training. */
export function stepDecay({ every = 30, gamma = 0.1, ...options }: StepDecay = {}): Schedule {
  expectLonger("stepDecay: every", every);
  expectPositive("stepDecay: gamma", gamma);
  return warmed(options, (at) => gamma ** Math.floor(at.step / stepsOf(every, at)));
}

export interface MultiStepDecay extends Warmup {
  /** When the rate falls, counted from the start of training. Default: after 1/2 and 3/4 of it (He et al. 2016). */
  readonly milestones?: readonly Span[];
  /** Default 0.1. */
  readonly gamma?: number;
}

/** Times `gamma` at each milestone. */
export function multiStepDecay(options: MultiStepDecay = {}): Schedule {
  const { milestones = [{ part: 1 / 2 }, { part: 3 / 4 }], gamma = 0.1 } = options;
  for (const milestone of milestones) expectSpan("multiStepDecay: a milestone", milestone);
  expectPositive("multiStepDecay: gamma", gamma);
  const passed = (at: Moment) => milestones.filter((milestone) => stepsOf(milestone, at) <= at.step).length;
  return warmed(options, (at) => gamma ** passed(at));
}

export interface ExponentialDecay extends Warmup {
  /** Default 0.94. */
  readonly gamma?: number;
  /** How long the rate takes to fall to `gamma` times itself. Default 2 epochs, Inception's (Szegedy et al. 2016). */
  readonly per?: Span;
}

/** Falls by the same factor with every step after the warm-up. */
export function exponentialDecay({ gamma = 0.94, per = 2, ...options }: ExponentialDecay = {}): Schedule {
  expectPositive("exponentialDecay: gamma", gamma);
  expectLonger("exponentialDecay: per", per);
  return warmed(options, (at, { step }) => gamma ** (step / stepsOf(per, at)));
}

export interface Ending extends Warmup {
  /** The factor at the end of training. Default 0. */
  readonly end?: number;
}

/** Half a cosine from the peak to the end (Loshchilov and Hutter 2017, without restarts), begun after the warm-up. */
export function cosine({ end = 0, ...options }: Ending = {}): Schedule {
  return warmed(options, (_, { step, steps }) =>
    between(1, end, (1 - Math.cos((Math.PI * step) / steps)) / 2),
  );
}

export interface Polynomial extends Ending {
  /** Default 1: a straight line. */
  readonly power?: number;
}

/** (1 - t)^power from the peak to the end, begun after the warm-up. */
export function polynomial({ end = 0, power = 1, ...options }: Polynomial = {}): Schedule {
  expectPositive("polynomial: power", power);
  return warmed(options, (_, { step, steps }) => between(end, 1, (1 - step / steps) ** power));
}

export interface OneCycle {
  /** The part of the training in which the rate rises. Default 0.3. */
  readonly rise?: number;
  /** The rate starts as the peak divided by this. Default 25. */
  readonly divisor?: number;
  /** It ends as its start divided by this. Default 10,000. */
  readonly finalDivisor?: number;
  /** Default "cosine". */
  readonly anneal?: "cosine" | "linear";
}

/**
 * One rise to the peak and one fall to nearly nothing (Smith and Topin 2018), in PyTorch's form with two phases: its rise
 * is a warm-up. The momentum stays as it is.
 */
export function oneCycle(options: OneCycle = {}): Schedule {
  const { rise = 0.3, divisor = 25, finalDivisor = 1e4, anneal = "cosine" } = options;
  if (!(rise > 0 && rise < 1))
    throw new UsageError(`oneCycle: rise is ${rise}, expected a part between 0 and 1`);
  expectPositive("oneCycle: divisor", divisor);
  expectPositive("oneCycle: finalDivisor", finalDivisor);
  const bent = (t: number) => (anneal === "linear" ? t : (1 - Math.cos(Math.PI * t)) / 2);
  const start = 1 / divisor;
  return ({ step, steps }) => {
    const peak = rise * steps - 1;
    if (step <= peak) return between(start, 1, bent(step / peak));
    return between(1, start / finalDivisor, bent((step - peak) / (steps - 1 - peak)));
  };
}

export interface Plateau extends Warmup {
  /** What should get better. Default "loss". */
  readonly of?: keyof Validation;
  /** The rate falls to so much of itself. Default 0.1. */
  readonly factor?: number;
  /** Epochs without anything better that are borne. Default 10. */
  readonly patience?: number;
  /** The part by which a better number has to be better. Default 1e-4. */
  readonly threshold?: number;
  /** Epochs after a fall that do not count. Default 0. */
  readonly cooldown?: number;
  /** No fall goes below. Default 0. */
  readonly least?: number;
}

/** Falls when validation stops getting better: PyTorch's ReduceLROnPlateau, as a function of all validations so far. */
export function plateau(options: Plateau = {}): Schedule {
  const { of = "loss", factor = 0.1, patience = 10, threshold = 1e-4, cooldown = 0, least = 0 } = options;
  if (!(factor > 0 && factor < 1))
    throw new UsageError(`plateau: factor is ${factor}, expected a part between 0 and 1`);
  const isBetter = (now: number, best: number) =>
    of === "loss" ? now < best * (1 - threshold) : now > best * (1 + threshold);
  return warmed(options, ({ validations = [] }) => {
    let rate = 1;
    let best = of === "loss" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    let bad = 0;
    let resting = 0;
    for (const { [of]: now } of validations) {
      if (isBetter(now, best)) {
        best = now;
        bad = 0;
      } else bad++;
      if (resting > 0) {
        resting--;
        bad = 0;
      }
      if (bad > patience) {
        rate = Math.max(rate * factor, least);
        resting = cooldown;
        bad = 0;
      }
    }
    return rate;
  });
}

interface Schedules {
  readonly constant: typeof constantRate;
  readonly step: typeof stepDecay;
  readonly multistep: typeof multiStepDecay;
  readonly exponential: typeof exponentialDecay;
  readonly cosine: typeof cosine;
  readonly polynomial: typeof polynomial;
  readonly onecycle: typeof oneCycle;
  readonly plateau: typeof plateau;
}

/** Schedules by the names that configurations and the command line know them by; every option has a default. */
export const schedules: Schedules = {
  constant: constantRate,
  step: stepDecay,
  multistep: multiStepDecay,
  exponential: exponentialDecay,
  cosine,
  polynomial,
  onecycle: oneCycle,
  plateau,
};

export type ScheduleName = keyof Schedules;

/** A schedule as a configuration writes it: its name and its options. */
export type ScheduleConfig = {
  readonly [N in ScheduleName]: { readonly name: N } & NonNullable<Parameters<Schedules[N]>[0]>;
}[ScheduleName];

export function createSchedule({ name, ...options }: ScheduleConfig): Schedule {
  // The name picks the function whose options the configuration has; the union of all can't say so.
  return (schedules[name] as (options: object) => Schedule)(options);
}

/** `rest` after the warm-up. It is given the moment, and how far it is in what the warm-up leaves. */
function warmed(
  { warmup = 0, warmupFrom = 0.01 }: Warmup,
  rest: (at: Moment, own: { readonly step: number; readonly steps: number }) => number,
): Schedule {
  expectSpan("warmup", warmup);
  if (!(warmupFrom >= 0 && warmupFrom <= 1))
    throw new UsageError(`warmupFrom is ${warmupFrom}, expected a factor of the rate between 0 and 1`);
  return (at) => {
    const length = stepsOf(warmup, at);
    if (at.step < length) return between(warmupFrom, 1, at.step / length);
    return rest(at, { step: at.step - length, steps: at.steps - length });
  };
}

function stepsOf(span: Span, { steps, stepsPerEpoch }: Moment): number {
  if (typeof span === "number") return span * stepsPerEpoch;
  return "steps" in span ? span.steps : span.part * steps;
}

function between(from: number, to: number, t: number): number {
  return from + (to - from) * t;
}

function lengthOf(span: Span): number {
  if (typeof span === "number") return span;
  return "steps" in span ? span.steps : span.part;
}

function expectSpan(what: string, span: Span): void {
  const length = lengthOf(span);
  if (!(length >= 0 && Number.isFinite(length)))
    throw new UsageError(`${what} is ${length}, expected a length of training, 0 or more`);
}

function expectLonger(what: string, span: Span): void {
  expectSpan(what, span);
  if (lengthOf(span) === 0) throw new UsageError(`${what} is 0, expected a length of training above 0`);
}

function expectPositive(what: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value)))
    throw new UsageError(`${what} is ${value}, expected a number above 0`);
}
