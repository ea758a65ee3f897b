import { colourMap } from "convnets/explain";

/** A map `[h, w]`. */
export interface NumberMap {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Red, green, blue and full opacity of a map `[h, w]`, in the colours that explanations have everywhere. */
export function opaque(map: NumberMap): Uint8ClampedArray<ArrayBuffer> {
  return withOpacity(map, () => 255);
}

/** The same, but transparent where a map is weak, so that a picture shows below. */
export function heatColours(map: NumberMap): Uint8ClampedArray<ArrayBuffer> {
  const limit = strong(map.data);
  return withOpacity(map, (value) =>
    limit === 0 ? 0 : Math.round(255 * Math.min(1, Math.abs(value) / limit) ** 0.7),
  );
}

function withOpacity(map: NumberMap, opacityOf: (value: number) => number): Uint8ClampedArray<ArrayBuffer> {
  const { rgb } = colourMap(map);
  const rgba = new Uint8ClampedArray(4 * map.data.length);
  map.data.forEach((value, at) => {
    rgba.set(rgb.subarray(3 * at, 3 * at + 3), 4 * at);
    rgba[4 * at + 3] = opacityOf(value);
  });
  return rgba;
}

/** What few magnitudes exceed: single pixels must not make all others transparent. */
function strong(data: Float32Array): number {
  const sorted = data.map(Math.abs).sort();
  return sorted[Math.floor(0.995 * (sorted.length - 1))] || (sorted.at(-1) ?? 0);
}
