/** What of an address means a state, and how the state is written there. Whatever an address says, it means some state. */
export interface Addressing<T> {
  parse(query: URLSearchParams): T;
  format(state: T): Readonly<Record<string, string>>;
}

/** The least and the most of a number. */
export type Limits = readonly [least: number, most: number];

/** The whole number that `text` is, within limits; `otherwise` if it is none. */
export function wholeWithin(
  text: string | null | undefined,
  [least, most]: Limits,
  otherwise: number,
): number {
  if (text === null || text === undefined || !/^-?\d{1,9}$/.test(text)) return otherwise;
  return Math.min(most, Math.max(least, Number(text)));
}
