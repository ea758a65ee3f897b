import type { JSX } from "preact";
import { short } from "./numbers.ts";
import { appearances, type Settings } from "./settings.ts";
import { change, outputSheet, pooling, settings } from "./state.ts";

/** Which colour is which number. */
export function Legend(): JSX.Element {
  const { kind, least, most } = outputSheet.value.scale;
  return (
    <div class="legend">
      <span>{short(least)}</span>
      <span class={`bar ${kind}`} aria-hidden="true" />
      {kind === "signed" && <span class="aside">through 0 to</span>}
      <span>{short(most)}</span>
    </div>
  );
}

const titles: Readonly<Record<Settings["appearance"], string>> = {
  signed: "signed, 0 in the middle",
  clipped: "as a picture, clipped",
  stretched: "grey, from least to most",
};

/** How a convolution's numbers become colours; a pooling's are a picture's. */
export function Appearance(): JSX.Element {
  return (
    <label class="row appearance">
      <span>Colours</span>
      <select
        value={pooling.value ? "clipped" : settings.value.appearance}
        disabled={pooling.value}
        onChange={({ currentTarget }) =>
          change({ appearance: appearances.find((one) => one === currentTarget.value) ?? "signed" })
        }
      >
        {appearances.map((one) => (
          <option key={one} value={one}>
            {titles[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
