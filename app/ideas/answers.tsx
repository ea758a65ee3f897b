import type { JSX } from "preact";
import { nets } from "./nets.ts";
import { evenPercent } from "./numbers.ts";
import { session } from "./session.ts";
import { type Placement, perClass } from "./shift.ts";

/** The probabilities of all digits by each network, for the digit where it is. */
export function Answers({ placement }: { readonly placement: Placement }): JSX.Element {
  const label = Math.floor(placement.digit / perClass);
  const trained = session.phase.value.kind === "trained";
  const probabilities = trained ? session.look.value?.probabilities : undefined;
  const read = nets.map(({ name, title }) => {
    const row = probabilities?.[name] ?? new Float32Array(10);
    const best = row.indexOf(Math.max(...row));
    return { name, title, row, best, share: row[best] ?? 0 };
  });
  return (
    <div class="answers">
      {read.map(({ name, title, row, best, share }) => (
        <figure key={name}>
          <figcaption>
            <strong>{title}</strong>{" "}
            {probabilities === undefined
              ? "not trained yet"
              : `${best === label ? "✓ right:" : "✗ wrong:"} ${best}, ${evenPercent(share)}`}
          </figcaption>
          <ol aria-label={`Probabilities by ${title}`}>
            {Array.from(row, (share, digit) => (
              <li key={digit} class={digit === label ? "true" : ""}>
                <span>{digit}</span>
                <span class="track">
                  <span
                    style={{
                      width: `${100 * share}%`,
                      background: `var(--series-${digit === label ? 2 : 1})`,
                    }}
                  />
                </span>
                <span class="number">{probabilities === undefined ? "" : evenPercent(share)}</span>
              </li>
            ))}
          </ol>
        </figure>
      ))}
      <p class="aside" aria-live="polite">
        {probabilities !== undefined &&
          read.map(({ title, best, share }) => `${title} reads ${best}, ${evenPercent(share)}.`).join(" ")}
      </p>
    </div>
  );
}
