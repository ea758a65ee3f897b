const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** `30,000`. */
export function whole(value: number): string {
  return grouped.format(value);
}

/** Three digits, and thousands apart: `1.88`, `17.4`, `17,361`. */
export function brief(value: number): string {
  if (value >= 100) return whole(value);
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** `100 × 100 × 3`, on one line. */
export function product(...factors: readonly number[]): string {
  return factors.map(whole).join("\u00a0×\u00a0");
}

const units = ["bytes", "KB", "MB", "GB", "TB", "PB"];

/** In units of 1000: `108 bytes`, `6.91 KB`, `76.8 GB`. */
export function bytes(value: number): string {
  if (value < 1000) return `${whole(value)} bytes`;
  const power = Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${brief(value / 1000 ** power)} ${units[power]}`;
}

/** A share of one: `98.3 %`, and `0.09 %` rather than nothing. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value === 0 || value >= 99.95) return `${value.toFixed(0)} %`;
  return value < 0.01 ? "below 0.01 %" : `${value.toFixed(value < 1 ? 2 : 1)} %`;
}

/** One digit behind the point, whatever the size, for numbers below each other: `0.0 %`, `97.0 %`. */
export function evenPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** With a minus that is as wide as a plus. */
export function signed(value: number): string {
  return `${value}`.replace("-", "−");
}
