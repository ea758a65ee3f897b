import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

/** One of a few, seen all at once. */
export function Choice<T extends string | number>({
  legend,
  value,
  among,
  onChange,
}: {
  readonly legend: ComponentChildren;
  readonly value: T | undefined;
  readonly among: readonly (readonly [value: T, title: string])[];
  onChange(value: T): void;
}): JSX.Element {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      {among.map(([one, title]) => (
        <label key={one}>
          <input type="radio" name={name} checked={one === value} onChange={() => onChange(one)} />
          <span>{title}</span>
        </label>
      ))}
    </fieldset>
  );
}
