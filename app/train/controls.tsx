import type { JSX } from "preact";
import { begin, facts } from "./begin.ts";
import { active, pause, phase, resume, step, stop } from "./session.ts";

/** What can be done with a training now. The first button is always the one that is wanted most. */
export function Controls(): JSX.Element {
  const { value } = phase;
  const first = (): { text: string; act: () => void } => {
    if (value === "running" || value === "preparing") return { text: "Pause", act: pause };
    return value === "paused" ? { text: "Resume", act: resume } : { text: "Train", act: () => begin() };
  };
  const { text, act } = first();
  // Own pictures that are too few yet: their editor says what is missing.
  const ready = active.value || facts.value !== undefined;
  return (
    <div class="row controls">
      <button type="button" class="primary" disabled={value === "preparing" || !ready} onClick={act}>
        {text}
      </button>
      <button
        type="button"
        disabled={value === "running" || value === "preparing" || !ready}
        onClick={() => (value === "paused" ? step() : begin(1))}
      >
        Step
      </button>
      <button type="button" disabled={!active.value || value === "preparing"} onClick={stop}>
        Stop
      </button>
      <button type="button" disabled={!active.value} onClick={() => begin()}>
        Start anew
      </button>
    </div>
  );
}
