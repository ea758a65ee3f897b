import { quote } from "../ir/quote.ts";

/** What a value of a configuration may be: a test, and words for it. */
export interface Kind<T> {
  /** After "expected". */
  readonly expected: string;
  readonly holds: (value: unknown) => value is T;
}

/** The longest side of a picture that can be asked for. */
const longestSide = 16384;

/** `height` and `width`, or one number for both; transforms that keep proportions take one as the shorter side. */
export type Size = number | readonly [height: number, width: number];

/** Pixels around a picture, in torchvision's order: all alike, or two alike, or each. */
export type Padding =
  | number
  | readonly [leftAndRight: number, topAndBottom: number]
  | readonly [left: number, top: number, right: number, bottom: number];

/** A pixel's value in all channels, or one a channel. */
export type Fill = number | readonly number[];

export type Range = readonly [least: number, most: number];

function isNumber(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && value >= least && value <= most;
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return isNumber(value, least, most) && Number.isInteger(value);
}

function isList(value: unknown, lengths: readonly number[], each: (entry: unknown) => boolean): boolean {
  return Array.isArray(value) && lengths.includes(value.length) && value.every(each);
}

export function whole(least: number, most: number): Kind<number> {
  return {
    expected: `a whole number from ${least} to ${most}`,
    holds: (value): value is number => isWhole(value, least, most),
  };
}

export function number(least: number, most: number): Kind<number> {
  return {
    expected:
      most === Number.MAX_VALUE ? `a number of ${least} or more` : `a number from ${least} to ${most}`,
    holds: (value): value is number => isNumber(value, least, most),
  };
}

export const boolean: Kind<boolean> = {
  expected: "true or false",
  holds: (value): value is boolean => typeof value === "boolean",
};

export function choice<T extends string | number>(values: readonly T[]): Kind<T> {
  const words = values.map((value) => JSON.stringify(value));
  return {
    expected: `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`,
    holds: (value): value is T => values.some((each) => each === value),
  };
}

export const side: Kind<number> = whole(1, longestSide);

export const size: Kind<Size> = {
  expected: `a whole number from 1 to ${longestSide}, or [height, width]`,
  holds: (value): value is Size =>
    isWhole(value, 1, longestSide) || isList(value, [2], (each) => isWhole(each, 1, longestSide)),
};

export const padding: Kind<Padding> = {
  expected: `a whole number from 0 to ${longestSide}, [left and right, top and bottom] or [left, top, right, bottom]`,
  holds: (value): value is Padding =>
    isWhole(value, 0, longestSide) || isList(value, [2, 4], (each) => isWhole(each, 0, longestSide)),
};

export const fill: Kind<Fill> = {
  expected: "a number from 0 to 255, or a list of one or of one a channel",
  holds: (value): value is Fill =>
    isNumber(value, 0, 255) || isList(value, [1, 2, 3, 4], (each) => isNumber(each, 0, 255)),
};

/** Two numbers of which the first is not the larger. */
export function range(least: number, most: number): Kind<Range> {
  const limits = most === Number.MAX_VALUE ? `from ${least} on` : `from ${least} to ${most}`;
  return {
    expected: `[least, most], both ${limits}`,
    holds: (value): value is Range => isRange(value, least, most),
  };
}

export function isRange(value: unknown, least: number, most: number): value is Range {
  if (!isList(value, [2], (each) => isNumber(each, least, most)) || !Array.isArray(value)) return false;
  const [first, last] = value;
  return first <= last;
}

/** A number a channel, or one for all of them. */
export function numbers(least: number, most: number): Kind<readonly number[]> {
  return {
    expected: `a list of numbers from ${least} to ${most}, one for all channels or one a channel`,
    holds: (value): value is readonly number[] =>
      isList(value, [1, 2, 3, 4], (each) => isNumber(each, least, most)),
  };
}

export function either<A, B>(a: Kind<A>, b: Kind<B>): Kind<A | B> {
  return {
    expected: `${a.expected}, or ${b.expected}`,
    holds: (value): value is A | B => a.holds(value) || b.holds(value),
  };
}

export const none: Kind<null> = {
  expected: "null",
  holds: (value): value is null => value === null,
};

/** A value of a configuration as an error shows it: short, and safe to print. */
export function shown(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value))
    return value.length <= 4 && value.every((each) => typeof each === "number")
      ? `[${value.join(", ")}]`
      : `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
}
