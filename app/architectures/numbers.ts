const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const three = new Intl.NumberFormat("en", { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
const precise = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** All digits: `61,706`. */
export function long(value: number): string {
  return whole.format(value);
}

const powers = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** Three digits: `61.7 k`. */
export function short(value: number): string {
  const [power, unit] = powers.find(([least]) => value >= least) ?? [1, ""];
  return unit === "" ? precise.format(value) : `${three.format(value / power)} ${unit}`;
}

/** What so many f32 numbers take: `26.1 kB`. */
export function memory(elements: number): string {
  return `${short(4 * elements)}B`.replace(/(\d)B$/, "$1 B");
}

/** `4.2 %`; what is too little to show is `< 0.1 %`. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  return `${(100 * share).toFixed(share > 0.9995 || share === 0 ? 0 : 1)} %`;
}

/** How many times as much as `of`: `2.4 times`. */
export function ratio(value: number, of: number): string {
  if (value === of) return "the same";
  if (value === 0 || of === 0) return "";
  return `× ${precise.format(value / of)}`;
}

/** `64 × 56 × 56`, without the batch. */
export function extents([, ...shape]: readonly number[]): string {
  return shape.join(" × ");
}

/** `11 × 11` pixels. */
export function area(sides: readonly number[]): string {
  return sides.join(" × ");
}

/** A receptive field, as short as it can be: `43`, or `31 × 7` where its sides differ. */
export function field([height, width]: readonly [number, number]): string {
  return height === width ? `${height}` : area([height, width]);
}
