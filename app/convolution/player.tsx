import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { pause, play, playing, speed, speeds, stepBy, unveiling } from "./playback.ts";
import { columnOf, count, position, rowOf } from "./state.ts";

/** Moves the window: by itself, step by step, or to a place. */
export function Player(): JSX.Element {
  const none = useComputed(() => count.value === 0);
  return (
    <div class="player">
      <div class="buttons">
        <button
          type="button"
          aria-label="To the first window"
          disabled={none.value}
          onClick={() => stepBy(Number.NEGATIVE_INFINITY)}
        >
          <Icon path="M6 5v14M19 5 9 12l10 7z" />
        </button>
        <button type="button" aria-label="Step back" disabled={none.value} onClick={() => stepBy(-1)}>
          <Icon path="M17 5 7 12l10 7z" />
        </button>
        <button
          type="button"
          class="primary play"
          disabled={none.value}
          onClick={() => (playing.value ? pause() : play())}
        >
          {playing.value ? "Pause" : "Play"}
        </button>
        <button type="button" aria-label="Step forward" disabled={none.value} onClick={() => stepBy(1)}>
          <Icon path="m7 5 10 7-10 7z" />
        </button>
      </div>
      <Position />
      <label class="field speed">
        <span>
          Speed: {speed.value} {speed.value === 1 ? "window" : "windows"} a second
        </span>
        <input
          type="range"
          min="0"
          max={speeds.length - 1}
          step="1"
          value={speeds.indexOf(speed.value)}
          aria-valuetext={`${speed.value} windows a second`}
          onInput={({ currentTarget }) => {
            speed.value = speeds[Number(currentTarget.value)] ?? speed.value;
          }}
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={unveiling.value}
          onChange={({ currentTarget }) => {
            unveiling.value = currentTarget.checked;
          }}
        />
        Show only what is computed so far
      </label>
    </div>
  );
}

/** By itself, because it changes at every step. */
function Position(): JSX.Element {
  const last = Math.max(0, count.value - 1);
  const at = Math.min(position.value, last);
  return (
    <label class="field position">
      <span>
        Window {count.value === 0 ? 0 : at + 1} of {count.value}
      </span>
      <input
        type="range"
        min="0"
        max={last}
        value={at}
        disabled={count.value === 0}
        aria-valuetext={`row ${rowOf(at)}, column ${columnOf(at)}`}
        onInput={({ currentTarget }) => {
          pause();
          position.value = Number(currentTarget.value);
        }}
      />
    </label>
  );
}

function Icon({ path }: { readonly path: string }): JSX.Element {
  return (
    <svg
      viewBox="0 0 24 24"
      width="18"
      height="18"
      aria-hidden="true"
      fill="currentColor"
      stroke="currentColor"
      stroke-width="2"
      stroke-linejoin="round"
    >
      <path d={path} />
    </svg>
  );
}
