/** 0.98213 -> "98.2 %"; what rounds to all or nothing without being it says so. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "–";
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  if (share < 1 && share >= 0.9995) return "> 99.9 %";
  return `${(100 * share).toFixed(1)} %`;
}

/** `[6, 28, 28]` -> "6 maps of 28 × 28"; `[84]` -> "84 units". */
export function shapeText(shape: readonly number[]): string {
  const [count = 1, height, width] = shape;
  if (height === undefined || width === undefined) return `${count} ${count === 1 ? "unit" : "units"}`;
  return `${count} ${count === 1 ? "map" : "maps"} of ${height} × ${width}`;
}

/** A few significant digits, for readouts. */
export function short(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1000 || size < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

/** The indices of the largest numbers, the largest first. */
export function ranked(numbers: Float32Array, most: number): readonly number[] {
  return [...numbers.keys()].sort((a, b) => (numbers[b] ?? 0) - (numbers[a] ?? 0)).slice(0, most);
}
