import type { JSX } from "preact";
import type { Limits } from "./query.ts";

interface QuantityProps {
  readonly label: string;
  readonly value: number;
  readonly limits: Limits;
  readonly step?: number;
  /** The slider goes by factors rather than by differences. */
  readonly byFactors?: boolean;
  readonly onChange: (value: number) => void;
}

/** A whole number, by slider or typed. */
export function Quantity(props: QuantityProps): JSX.Element {
  const { label, value, limits, step = 1, byFactors = false, onChange } = props;
  const [least, most] = limits;
  const take = (given: number) => {
    const stepped = least + step * Math.round((given - least) / step);
    if (Number.isFinite(given)) onChange(Math.min(most, Math.max(least, stepped)));
  };
  const span = Math.log(most / least);
  return (
    <fieldset class="quantity">
      <legend>{label}</legend>
      <input
        type="range"
        aria-label={`${label}, slider`}
        min={byFactors ? 0 : least}
        max={byFactors ? 1000 : most}
        step={byFactors ? 1 : step}
        value={byFactors ? (1000 * Math.log(value / least)) / span : value}
        aria-valuetext={`${value}`}
        onInput={({ currentTarget: { valueAsNumber } }) =>
          take(byFactors ? rounded(least * Math.exp((span * valueAsNumber) / 1000)) : valueAsNumber)
        }
      />
      <input
        type="number"
        aria-label={label}
        min={least}
        max={most}
        step={step}
        value={value}
        onChange={({ currentTarget }) => {
          take(currentTarget.valueAsNumber);
          // What was typed may lie outside of the limits, or be no number.
          currentTarget.value = `${value}`;
        }}
        onInput={({ currentTarget: { valueAsNumber } }) => {
          if (valueAsNumber >= least && valueAsNumber <= most && Number.isInteger(valueAsNumber))
            take(valueAsNumber);
        }}
      />
    </fieldset>
  );
}

/** To two digits: a slider's pixels are no finer. */
function rounded(value: number): number {
  return value < 100 ? Math.round(value) : Number(value.toPrecision(2));
}
