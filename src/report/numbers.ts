const units: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** Three or four figures and a unit: `416.5 k`. Small whole numbers stay as they are. */
export function short(value: number): string {
  const [size, unit] = units.find(([least]) => value >= least) ?? [1, ""];
  return unit === "" ? `${value}` : `${(value / size).toFixed(1)} ${unit}`;
}

/** All figures: `61,706`. */
export function long(value: number): string {
  return value.toLocaleString("en-US");
}

/** A fraction of one as `98.70 %`. */
export function percent(fraction: number, digits = 2): string {
  return `${(100 * fraction).toFixed(digits)} %`;
}

/** `0.4 s`, `42 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

function two(value: number): string {
  return `${value}`.padStart(2, "0");
}
