import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { change, settings } from "./choice.ts";
import { fits, limits, type NumberSetting, oneOf, settingNames } from "./settings.ts";

/** A setting that is one of a few names. */
export function Choice<Name extends string>({
  label,
  value,
  names,
  onChoice,
}: {
  readonly label: string;
  readonly value: Name;
  readonly names: Readonly<Record<Name, string>>;
  readonly onChoice: (name: Name) => void;
}): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={({ currentTarget }) => {
          const name = oneOf(currentTarget.value, names);
          if (name !== undefined) onChoice(name);
        }}
      >
        {Object.entries<string>(names).map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A setting that is a number. What it does not take is said, and changes nothing. */
export function NumberField({
  name,
  hint,
  children,
}: {
  readonly name: NumberSetting;
  readonly hint?: string;
  /** Stands before the number, in the same field: a slider. */
  readonly children?: ComponentChildren;
}): JSX.Element {
  const id = useId();
  const { least, most, whole } = limits[name];
  const text = useSignal(`${settings.value[name]}`);
  const wrong = useSignal(false);
  useSignalEffect(() => {
    const value = settings.value[name];
    // What is typed stays as it is typed: 0.10 is not made 0.1.
    if (Number(text.peek()) !== value) text.value = `${value}`;
    wrong.value = false;
  });
  const wanted = `${whole ? "a whole number" : "a number"} from ${least} to ${most.toLocaleString("en")}`;
  return (
    <div class="field">
      <label for={id}>{settingNames[name]}</label>
      <span class="pair">
        {children}
        <input
          id={id}
          type="text"
          inputMode={whole ? "numeric" : "decimal"}
          autocomplete="off"
          value={text.value}
          aria-invalid={wrong.value}
          aria-describedby={wrong.value || hint !== undefined ? `${id}-hint` : undefined}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value;
            const value = currentTarget.value.trim() === "" ? Number.NaN : Number(currentTarget.value);
            wrong.value = !fits(name, value);
            if (!wrong.value) change({ [name]: value });
          }}
        />
      </span>
      {wrong.value ? (
        <small id={`${id}-hint`} class="wrong" role="alert">
          Expected {wanted}.
        </small>
      ) : (
        hint !== undefined && <small id={`${id}-hint`}>{hint}</small>
      )}
    </div>
  );
}

/** The learning rate: a slider over powers of ten, and the number itself. */
export function RateField(): JSX.Element {
  const { rate } = settings.value;
  const exponent = Math.log10(rate);
  return (
    <NumberField name="rate">
      <input
        type="range"
        aria-label="Learning rate, by powers of ten"
        aria-valuetext={`${rate}`}
        min={-5}
        max={0}
        step={0.05}
        value={exponent}
        onInput={({ currentTarget }) =>
          change({ rate: Number((10 ** Number(currentTarget.value)).toPrecision(2)) })
        }
      />
    </NumberField>
  );
}
