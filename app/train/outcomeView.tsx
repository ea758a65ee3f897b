import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { Outcome } from "./news.ts";
import { outcome, prepared } from "./session.ts";
import { percent } from "./text.ts";
import { TileSheet } from "./tileSheet.tsx";
import type { Tiles } from "./tiles.ts";

/** Classes up to which a confusion matrix can be read. */
const mostClasses = 20;

/** Where the trained network is wrong. */
export function OutcomeView(): JSX.Element | null {
  const names = useComputed(() => prepared.value?.classes ?? []);
  const { value } = outcome;
  if (value === undefined) return null;
  return (
    <section class="card" aria-labelledby="outcome">
      <h2 id="outcome">Where it is wrong</h2>
      <div class="outcome">
        {names.value.length <= mostClasses && <Confusion outcome={value} names={names.value} />}
        <Mistakes outcome={value} names={names.value} />
      </div>
    </section>
  );
}

interface Shown {
  readonly outcome: Outcome;
  readonly names: readonly string[];
}

function Confusion({ outcome: { confusion }, names }: Shown): JSX.Element {
  const largest = Math.max(
    1,
    ...confusion.flatMap((row, label) => row.filter((_, answer) => answer !== label)),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="scroll" aria-label="Confusion matrix" tabIndex={0}>
      <table class="confusion">
        <caption>Held-out pictures by what they are (rows) and what the network says (columns)</caption>
        <thead>
          <tr>
            <td />
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, label) => (
            <tr key={names[label]}>
              <th scope="row">{names[label]}</th>
              {row.map((count, answer) => (
                <td
                  key={names[answer]}
                  class={answer === label ? "right" : ""}
                  style={
                    answer === label || count === 0
                      ? undefined
                      : { "--share": `${10 + Math.round((28 * count) / largest)}%` }
                  }
                >
                  {count === 0 ? "" : count}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Mistakes({ outcome: { mistakes, pictures }, names }: Shown): JSX.Element {
  if (mistakes.length === 0) return <p>No held-out picture is wrong.</p>;
  return (
    <div>
      <h3>Surest mistakes</h3>
      <ul class="mistakes">
        {mistakes.map(({ picture, label, answer, probability }, index) => (
          <li key={picture}>
            <TileSheet
              tiles={tileAt(pictures, index)}
              label={`Held-out picture ${picture + 1}, ${names[label]}`}
              side={64}
            />
            <span>
              {names[label]}, not {names[answer]}
            </span>
            <span class="muted">{percent(probability)} sure</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function tileAt({ width, height, pixels }: Tiles, index: number): Tiles {
  const size = 4 * width * height;
  return { count: 1, of: 1, width, height, pixels: pixels.slice(index * size, (index + 1) * size) };
}
