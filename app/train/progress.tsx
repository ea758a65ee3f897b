import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { settings } from "./choice.ts";
import { type Run, trainingSeconds } from "./run.ts";
import { active, current, latestLoss, phase, rate } from "./session.ts";
import { duration, heldOutText, lossText, percent, short, stateText, whole } from "./text.ts";

/** Where the training is. */
export function Progress(): JSX.Element {
  const run = current.value;
  const done = run?.prepared ? run.step / run.prepared.steps : 0;
  return (
    <div class="progress">
      <div class="row">
        <strong>{run ? stateText(run) : "Not begun"}</strong>
        <span class="muted">{run?.name}</span>
      </div>
      <progress aria-label="Training done" max={1} value={done}>
        {percent(done)}
      </progress>
      <dl class="figures">
        {figuresOf(run).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value ?? "–"}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Names and values; undefined where there is none yet. */
function figuresOf(run: Run | undefined): readonly (readonly [name: string, value: string | undefined])[] {
  const { step = 0, imagesPerSecond = 0, prepared } = run ?? {};
  const chosen = run?.settings ?? settings.value;
  const epoch = prepared && Math.min(chosen.epochs, Math.floor(step / prepared.stepsPerEpoch) + 1);
  const left =
    prepared && imagesPerSecond > 0 ? ((prepared.steps - step) * chosen.batch) / imagesPerSecond : undefined;
  const lately = run?.tests.at(-1);
  const over = run !== undefined && !active.value;
  return [
    ["Epoch", `${epoch ?? "–"} / ${chosen.epochs}`],
    ["Step", prepared && `${whole(step)} / ${whole(prepared.steps)}`],
    ["Pictures/s", imagesPerSecond > 0 ? whole(imagesPerSecond) : undefined],
    over
      ? ["Training time", duration(trainingSeconds(run))]
      : ["Time left", left === undefined ? undefined : duration(left)],
    over
      ? ["Peak rate", short(chosen.rate)]
      : ["Learning rate", rate.value === undefined ? undefined : short(rate.value)],
    ["Held out lately", lately && percent(lately.accuracy)],
    ["Loss lately", latestLoss.value === undefined ? undefined : lossText(latestLoss.value)],
  ];
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
