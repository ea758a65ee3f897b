import type { JSX } from "preact";
import { settings, testsOften } from "./choice.ts";
import { active, pause, phase, resume, step, stop, train } from "./session.ts";

/** Pictures of a test within an epoch. */
const testOn = 200;

function begin(paused: boolean): void {
  train({ settings: settings.value, paused, ...(testsOften.value && { testOn }) });
}

/** What can be done with a training now. The first button is always the one that is wanted most. */
export function Controls(): JSX.Element {
  const { value } = phase;
  const first = (): { text: string; act: () => void } => {
    if (value === "running" || value === "preparing") return { text: "Pause", act: pause };
    return value === "paused" ? { text: "Resume", act: resume } : { text: "Train", act: () => begin(false) };
  };
  const { text, act } = first();
  return (
    <div class="row controls">
      <button type="button" class="primary" disabled={value === "preparing"} onClick={act}>
        {text}
      </button>
      <button
        type="button"
        disabled={value === "running" || value === "preparing"}
        onClick={() => (value === "paused" ? step() : begin(true))}
      >
        Step
      </button>
      <button type="button" disabled={!active.value || value === "preparing"} onClick={stop}>
        Stop
      </button>
      {active.value && (
        <button type="button" onClick={() => begin(false)}>
          Start anew
        </button>
      )}
    </div>
  );
}
