import { useSignal } from "@preact/signals";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { tint } from "./numberTable.tsx";
import { change, kernel, settings, x } from "./state.ts";

const planeNames = ["Red", "Green", "Blue"];

/** The kernel's numbers, to be changed; one channel at a time. */
export function KernelGrid(): JSX.Element {
  const chosen = useSignal(0);
  const { size } = settings.value;
  const { channels } = x.value;
  const channel = Math.min(chosen.value, channels - 1);
  const numbers = [...kernel.value];
  const most = Math.max(...numbers.map(Math.abs));
  return (
    <>
      {channels === 3 && (
        <div class="row planes">
          {planeNames.map((name, index) => (
            <button
              key={name}
              type="button"
              aria-pressed={index === channel}
              onClick={() => {
                chosen.value = index;
              }}
            >
              {name}
            </button>
          ))}
        </div>
      )}
      <fieldset class={`kernel of-${size}`} aria-label="Numbers of the kernel">
        {numbers.slice(channel * size * size, (channel + 1) * size * size).map((weight, tap) => (
          <input
            key={`${channel} ${tap}`}
            type="number"
            step="any"
            aria-label={`Row ${Math.floor(tap / size)}, column ${tap % size}`}
            style={tint(weight / most)}
            value={rounded(weight, size)}
            onKeyDown={(event) => move(event, tap, size)}
            onChange={({ currentTarget }) => {
              const value = Number(currentTarget.value);
              if (currentTarget.value === "" || !Number.isFinite(Math.fround(value))) {
                currentTarget.value = rounded(weight, size);
                return;
              }
              change({
                kernel: numbers.map((old, index) => (index === channel * size * size + tap ? value : old)),
              });
            }}
          />
        ))}
      </fieldset>
    </>
  );
}

/** Arrow keys go up and down a row; Tab goes along it. */
function move(event: TargetedKeyboardEvent<HTMLInputElement>, tap: number, size: number): void {
  const by = event.key === "ArrowUp" ? -size : event.key === "ArrowDown" ? size : 0;
  if (by === 0) return;
  // Rather than counting the number up and down.
  event.preventDefault();
  const next = event.currentTarget.parentElement?.children[tap + by];
  if (next instanceof HTMLInputElement) {
    next.focus();
    next.select();
  }
}

/** As many digits as there is room for. */
function rounded(weight: number, size: number): string {
  return String(Number(weight.toPrecision(size > 5 ? 2 : size > 3 ? 3 : 5)));
}
