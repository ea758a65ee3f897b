import type { Summary } from "convnets/models";
import type { JSX } from "preact";
import type { View } from "./address.ts";
import { type Colouring, colourings, colouringTitles } from "./costs.ts";

interface Props {
  readonly view: View;
  readonly onChange: (change: Partial<View>) => void;
}

/** What boxes are coloured by. */
export function ColourChoice({ view, onChange }: Props): JSX.Element {
  return (
    <label class="field">
      <span>Colour by</span>
      <select
        value={view.colouring}
        onChange={({ currentTarget }) => {
          const colouring: Colouring = colourings.find((name) => name === currentTarget.value) ?? "kind";
          onChange({ colouring });
        }}
      >
        {colourings.map((name) => (
          <option key={name} value={name}>
            {colouringTitles[name]}
          </option>
        ))}
      </select>
    </label>
  );
}

interface BuildProps extends Props {
  readonly summary: Summary | undefined;
}

/** How a network is built, where that is not as published. */
export function BuildOptions({ view, summary, onChange }: BuildProps): JSX.Element {
  return (
    <>
      <Whole
        label="Picture's side, pixels"
        value={view.size}
        usual={summary?.input[2]}
        onChange={(size) => onChange({ size })}
      />
      <Whole
        label="Classes"
        value={view.classes}
        usual={summary?.output[1]}
        onChange={(classes) => onChange({ classes })}
      />
    </>
  );
}

interface WholeProps {
  readonly label: string;
  readonly value: number | undefined;
  readonly usual: number | undefined;
  readonly onChange: (value: number | undefined) => void;
}

function Whole({ label, value, usual, onChange }: WholeProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="number"
        class="whole"
        min={1}
        max={4096}
        step={1}
        placeholder={usual === undefined ? "" : `${usual}`}
        value={value ?? ""}
        onChange={({ currentTarget }) => {
          const number = currentTarget.valueAsNumber;
          onChange(Number.isInteger(number) && number > 0 ? Math.min(number, 4096) : undefined);
        }}
      />
    </label>
  );
}
