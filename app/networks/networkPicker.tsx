import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { ImportNetwork } from "./importNetwork.tsx";
import { networks } from "./store.ts";

interface Props {
  /** The id of the network that is chosen; undefined or unknown for none. */
  readonly value: string | undefined;
  onChange(id: string): void;
  /** What to call the choice. */
  readonly label?: string;
}

/** Chooses one of the networks that are kept, or imports another, which is chosen then. */
export function NetworkPicker({ value, onChange, label = "Network" }: Props): JSX.Element {
  const importing = useSignal(false);
  const id = useId();
  const chosen = networks.value.find((network) => network.id === value);
  return (
    <div class="stack">
      <div class="row network-picker">
        <label class="field">
          <span>{label}</span>
          <select
            value={chosen?.id ?? ""}
            disabled={networks.value.length === 0}
            onChange={({ currentTarget }) => {
              if (currentTarget.value !== "") onChange(currentTarget.value);
            }}
          >
            {chosen === undefined && (
              <option value="">
                {networks.value.length === 0 ? "None yet: train one, or import one" : "Choose a network"}
              </option>
            )}
            {networks.value.map(({ id, name, origin }) => (
              <option key={id} value={id}>
                {name} ({origin})
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          aria-expanded={importing.value}
          aria-controls={id}
          onClick={() => {
            importing.value = !importing.value;
          }}
        >
          Import …
        </button>
      </div>
      <div id={id} hidden={!importing.value}>
        {importing.value && (
          <ImportNetwork
            onKept={(kept) => {
              importing.value = false;
              onChange(kept);
            }}
          />
        )}
      </div>
    </div>
  );
}
