// What a reader types about a network, as numbers and names. Errors are for that reader.

import type { Normalization } from "convnets";

/** The numbers of a list with commas. Throws an error where something else is among them. */
export function numbersIn(text: string): readonly number[] {
  return text.split(",").map((part) => {
    const number = Number(part);
    if (part.trim() === "" || !Number.isFinite(number))
      throw new Error(
        `"${part.trim()}" is no number; expected one, or one a channel with commas, as 0.5, 0.4, 0.4`,
      );
    return number;
  });
}

/** The range for so many channels. Throws an error unless there is a number for all, or one for each. */
export function rangeIn({ mean, std }: Normalization, channels: number): Normalization {
  const many = channels === 1 ? "1" : `1 or ${channels}, one a channel`;
  for (const [what, list] of Object.entries({ mean, deviation: std }))
    if (list.length !== 1 && list.length !== channels)
      throw new Error(`the ${what} has ${list.length} numbers, expected ${many}`);
  const wrong = std.find((deviation) => deviation <= 0);
  if (wrong !== undefined) throw new Error(`the deviation ${wrong} is not above 0; pixels are divided by it`);
  return { mean, std };
}

/** The names, one a line. Throws an error unless there are `count`. */
export function classesIn(text: string, count: number): readonly string[] {
  const names = text.trim().split(/\s*\n\s*/);
  if (names.length !== count)
    throw new Error(`there are ${names.length} names of classes, expected ${count}, one a line`);
  return names;
}
