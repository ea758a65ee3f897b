import type { JSX } from "preact";
import { nets } from "./nets.ts";
import { percent, whole } from "./numbers.ts";
import { session } from "./session.ts";

/** The button that trains, how far it is, and what came of it. */
export function TrainAll(): JSX.Element {
  const phase = session.phase.value;
  const outcomes = session.outcomes.value;
  const progress = phase.kind === "training" ? phase.progress : undefined;
  const training = nets.find(({ name }) => name === progress?.net);
  return (
    <div class="training">
      <div class="row">
        {phase.kind === "training" ? (
          <button type="button" onClick={() => session.stop()}>
            Stop
          </button>
        ) : (
          <button
            type="button"
            class={phase.kind === "trained" ? "" : "primary"}
            onClick={() => void session.train()}
          >
            {phase.kind === "trained" ? "Train again" : "Train all three"}
          </button>
        )}
        {phase.kind === "training" ? (
          <label class="row">
            <progress max={1} value={progress?.done ?? 0} />
            <span class="muted">
              {training === undefined
                ? "Getting ready"
                : `${training.title}: ${percent(progress?.accuracy ?? 0)} of the last 50 digits right`}
            </span>
          </label>
        ) : (
          <span class="muted">
            {phase.kind === "trained"
              ? `Trained here in ${outcomes.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1)} s.`
              : "Trains them here, in two passes over 9,000 digits each: five to thirty seconds. Then they look at 50 other digits, at 441 places each."}
          </span>
        )}
      </div>
      {phase.kind === "failed" && (
        <p class="notice" role="alert">
          This did not work: {phase.reason}. Train once more, or load the page again.
        </p>
      )}
      <ul class="outcomes" aria-live="polite">
        {nets.map(({ name, title, about }) => {
          const outcome = outcomes.find(({ net }) => net === name);
          return (
            <li key={name}>
              <strong>{title}</strong> <span class="muted">{about}</span>
              <span>
                {outcome === undefined
                  ? "not trained yet"
                  : `${whole(outcome.parameters)} parameters, ${percent(outcome.accuracy)} of 1,000 centred digits right`}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
