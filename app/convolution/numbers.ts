/** A number for a cell of the grid, in five characters or six: 0.53, −12.4, 254, .0039. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 100_000) return signed(value.toExponential(0).replace("e+", "e"));
  if (size !== 0 && size < 0.000995) return signed(value.toExponential(0));
  if (size !== 0 && size < 0.0995) return signed(trimmed(value.toPrecision(2)).replace("0.", "."));
  return signed(trimmed(value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2)));
}

/** A number to calculate with by hand: six significant digits. */
export function exact(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return signed(value.toExponential(3).replace("e+", "e"));
  return signed(trimmed(value.toPrecision(6)));
}

/** A number behind another: with brackets if it is negative. */
export function factor(value: number): string {
  return value < 0 ? `(${exact(value)})` : exact(value);
}

function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** With a minus as wide as a plus, and never minus nothing. */
function signed(text: string): string {
  return text.replace(/^-0$/, "0").replace("-", "−");
}
