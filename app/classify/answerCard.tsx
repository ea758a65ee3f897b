import type { JSX } from "preact";
import type { Session } from "./session.ts";
import { percent, ranked } from "./text.ts";

/** Networks of so many classes show all of them, in their order; of more, the likeliest few. */
const fewClasses = 12;
const likeliest = 5;

/** What the network takes the picture for, and how sure it is. A class that is chosen here is the one explained. */
export function AnswerCard({ session }: { readonly session: Session }): JSX.Element {
  const info = session.opened.value;
  const answered = session.answered.value;
  const classes = info?.classes ?? [];
  const probabilities = answered?.probabilities ?? new Float32Array(classes.length);
  const order = ranked(probabilities, likeliest);
  const [best = 0] = order;
  const few = classes.length <= fewClasses;
  const rows = few ? [...classes.keys()] : order;
  const explain = (index: number): void => {
    session.target.value = session.target.value === index ? undefined : index;
    session.ask();
  };
  return (
    <section class="card stack answer" aria-labelledby="answer-title">
      <h2 id="answer-title">Answer</h2>
      <p class="verdict" role="status" aria-live="polite">
        {answered ? (
          <>
            <strong>{classes[best]}</strong>
            <span>, {percent(probabilities[best] ?? 0)}</span>
          </>
        ) : (
          <span class="muted">{info ? "Nothing shown yet" : "No network yet"}</span>
        )}
      </p>
      <ol class="bars">
        {rows.map((index) => {
          const share = probabilities[index] ?? 0;
          const name = classes[index] ?? "";
          return (
            <li key={few ? index : undefined}>
              <button
                type="button"
                class={answered && index === best ? "best" : ""}
                aria-pressed={session.target.value === index}
                title={`Explain ${name}`}
                disabled={!answered}
                onClick={() => explain(index)}
              >
                <span class="name">{name}</span>
                <span class="bar">
                  <span style={{ width: `${100 * share}%` }} />
                </span>
                <span class="number">{answered ? percent(share) : ""}</span>
              </button>
            </li>
          );
        })}
      </ol>
      <p class="muted took">
        {answered
          ? `Answered and explained in ${answered.milliseconds < 10 ? answered.milliseconds.toFixed(1) : Math.round(answered.milliseconds)} ms${session.asking.value && answered.milliseconds > 300 ? "; the next is on its way" : ""}. Choose a class to see what speaks for it.`
          : session.asking.value
            ? "Answering …"
            : "Draw, and the network answers while you do."}
      </p>
    </section>
  );
}
