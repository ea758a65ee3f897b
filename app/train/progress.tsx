import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { active, current, latestLoss, phase, rate } from "./session.ts";
import { duration, heldOutText, percent, short, stateText, whole } from "./text.ts";

/** Where the training is. */
export function Progress(): JSX.Element | null {
  const run = current.value;
  if (run === undefined) return null;
  const { prepared, step, imagesPerSecond, settings } = run;
  const left =
    prepared && imagesPerSecond > 0 && active.value
      ? ((prepared.steps - step) * settings.batch) / imagesPerSecond
      : undefined;
  const epoch = prepared ? Math.min(settings.epochs, Math.floor(step / prepared.stepsPerEpoch) + 1) : 1;
  const rows: readonly (readonly [string, string])[] = [
    ["Epoch", `${epoch} of ${settings.epochs}`],
    ["Step", prepared ? `${whole(step)} of ${whole(prepared.steps)}` : "–"],
    ["Pictures a second", imagesPerSecond > 0 ? whole(imagesPerSecond) : "–"],
    ["Time left", left === undefined ? "–" : duration(left)],
    ["Learning rate", rate.value === undefined ? "–" : short(rate.value)],
    ["Loss lately", latestLoss.value === undefined ? "–" : latestLoss.value.toFixed(3)],
  ];
  const done = prepared ? step / prepared.steps : 0;
  return (
    <div class="progress">
      <div class="row">
        <strong>{stateText(run)}</strong>
        <span class="muted">{run.name}</span>
      </div>
      <progress aria-label="Training done" max={1} value={done}>
        {percent(done)}
      </progress>
      <dl class="figures">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** What the reader wants to know, also those who hear it. */
export function HeldOut(): JSX.Element {
  const text = useComputed(() => (current.value && heldOutText(current.value)) ?? "");
  return (
    <p class="held-out" role="status">
      {text}
    </p>
  );
}

/** Why a training came to no good end, and what helps. */
export function Trouble(): JSX.Element | null {
  const run = current.value;
  if (run?.reason === undefined || (phase.value !== "diverged" && phase.value !== "failed")) return null;
  return (
    <div class="notice" role="alert">
      {phase.value === "diverged" ? (
        <p>
          <strong>The training diverged:</strong> {run.reason}. The run is kept below, up to there.
        </p>
      ) : (
        <p>
          <strong>The training could not go on:</strong> {run.reason}
        </p>
      )}
    </div>
  );
}
