import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { trainingSeconds } from "./run.ts";
import { active, current, latestLoss, phase, rate } from "./session.ts";
import { duration, heldOutText, percent, short, stateText, whole } from "./text.ts";

/** Where the training is. */
export function Progress(): JSX.Element | null {
  const run = current.value;
  if (run === undefined) return null;
  const { prepared, step, imagesPerSecond, settings } = run;
  const epoch = prepared ? Math.min(settings.epochs, Math.floor(step / prepared.stepsPerEpoch) + 1) : 1;
  const left =
    prepared && imagesPerSecond > 0 && ((prepared.steps - step) * settings.batch) / imagesPerSecond;
  const lately = run.tests.at(-1);
  const rows: readonly (readonly [string, string])[] = [
    ["Epoch", `${epoch} / ${settings.epochs}`],
    ["Step", prepared ? `${whole(step)} / ${whole(prepared.steps)}` : "–"],
    ["Pictures/s", imagesPerSecond > 0 ? whole(imagesPerSecond) : "–"],
    active.value
      ? ["Time left", left ? duration(left) : "–"]
      : ["Training time", duration(trainingSeconds(run))],
    active.value
      ? ["Learning rate", rate.value === undefined ? "–" : short(rate.value)]
      : ["Peak learning rate", short(settings.rate)],
    [`Of ${lately?.count ?? "some"} held out`, lately ? percent(lately.accuracy) : "–"],
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
  const text = useComputed(() => current.value && heldOutText(current.value));
  const idle = current.value === undefined ? "Nothing yet: press Train." : "Not tested yet";
  return (
    <p class={`held-out ${text.value === undefined ? "muted" : ""}`} role="status">
      {text.value ?? idle}
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
