import type { CSSProperties, JSX } from "preact";
import { isLight } from "./colours.ts";
import type { Tap } from "./compute.ts";
import { exact, short } from "./numbers.ts";

/** A few numbers in a square, each on its colour. */
export function NumberTable({
  caption,
  size,
  values,
  kind,
  most,
  taps,
  chosen,
}: {
  readonly caption: string;
  readonly size: number;
  readonly values: readonly number[];
  readonly kind: "picture" | "signed";
  /** The number that has the full colour. */
  readonly most: number;
  /** Where the numbers are from: those outside the picture are paler. */
  readonly taps?: readonly Tap[];
  /** The cell that is taken. */
  readonly chosen?: number;
}): JSX.Element {
  return (
    <table class={`numbers of-${size}`}>
      <caption>{caption}</caption>
      <tbody>
        {Array.from({ length: size }, (_, row) => (
          <tr key={row}>
            {values.slice(row * size, (row + 1) * size).map((value, column) => {
              const index = row * size + column;
              const place = taps?.[index]?.place ?? "picture";
              const style =
                place === "picture"
                  ? kind === "signed"
                    ? tint(value / most)
                    : grey(value / most)
                  : undefined;
              return (
                <td
                  key={column}
                  class={index === chosen ? "chosen" : place === "picture" ? undefined : "outside"}
                  style={style}
                  title={place === "picture" ? exact(value) : place}
                >
                  {place === "beyond" ? "" : short(value)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A background between paper and the colour of its sign, as everywhere red above zero and blue below, pale enough to read ink on. */
export function tint(share: number): CSSProperties {
  if (!Number.isFinite(share)) return {};
  const colour = share < 0 ? "--series-0" : "--series-1";
  return {
    background: `color-mix(in srgb, var(${colour}) ${Math.round(45 * Math.abs(share))}%, var(--paper))`,
  };
}

function grey(share: number): CSSProperties {
  const byte = Math.round(255 * Math.min(1, Math.max(0, share)));
  return { background: `rgb(${byte} ${byte} ${byte})`, color: isLight(byte, byte, byte) ? "#000" : "#fff" };
}
