import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId, useRef } from "preact/hooks";
import type { Entry } from "./description.ts";
import { families } from "./families.ts";
import "./picker.css";

interface Props {
  readonly label: string;
  readonly entries: readonly Entry[];
  /** The chosen network's name; empty for none. */
  readonly value: string;
  readonly placeholder?: string;
  readonly onChoose: (name: string) => void;
}

/** A field that finds networks by their names, years, papers and what is told of them. */
export function Picker({ label, entries, value, placeholder, onChoose }: Props): JSX.Element {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  /** What is typed; undefined while the list is closed. */
  const search = useSignal<string | undefined>(undefined);
  const active = useSignal<string | undefined>(undefined);
  const open = search.value !== undefined;
  const found = open ? families(entries, search.value) : [];
  const names = found.flatMap((family) => family.entries.map(({ name }) => name));
  // Who types a whole name means that one, wherever it stands in the list.
  const current = [active.value, search.value, names[0]].find((name) => names.includes(name ?? ""));
  const optionId = (name: string) => `${id}-${name}`;

  const show = () => {
    if (open) return;
    search.value = "";
    active.value = value;
    scroll(value);
  };
  const hide = () => {
    search.value = undefined;
  };
  const choose = (name: string) => {
    hide();
    if (name !== value) onChoose(name);
  };
  const scroll = (name: string | undefined) => {
    requestAnimationFrame(() => {
      list.current
        ?.querySelector(`#${CSS.escape(optionId(name ?? ""))}`)
        ?.scrollIntoView({ block: "nearest" });
    });
  };
  const move = (by: number) => {
    const place = names.indexOf(current ?? "") + by;
    active.value = names[Math.min(names.length - 1, Math.max(0, place))];
    scroll(active.value);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      if (open) move(key === "ArrowDown" ? 1 : -1);
      else show();
    } else if (key === "Enter" && open && current !== undefined) choose(current);
    else if (key === "Escape" && open) hide();
    else return;
    event.preventDefault();
  };
  const chosen = entries.find(({ name }) => name === value);

  return (
    <div class="picker">
      <label class="field">
        <span>{label}</span>
        <input
          type="text"
          role="combobox"
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={open && current !== undefined ? optionId(current) : undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder={open ? (chosen?.name ?? placeholder ?? "") : placeholder}
          value={search.value ?? value}
          onFocus={show}
          onClick={show}
          onBlur={hide}
          onInput={({ currentTarget }) => {
            search.value = currentTarget.value;
            active.value = undefined;
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={label} hidden={!open}>
        {found.map(({ title, entries: some }, index) => (
          // biome-ignore lint/a11y/useSemanticElements: options of a listbox have groups
          <div key={title} role="group" aria-labelledby={`${id}-${index}`}>
            <div id={`${id}-${index}`} class="family">
              {title}
            </div>
            {some.map((entry) => (
              <Option
                key={entry.name}
                id={optionId(entry.name)}
                entry={entry}
                active={entry.name === current}
                chosen={entry.name === value}
                onChoose={() => choose(entry.name)}
              />
            ))}
          </div>
        ))}
        {open && names.length === 0 && <p class="muted">No network has these words.</p>}
      </div>
    </div>
  );
}

interface OptionProps {
  readonly id: string;
  readonly entry: Entry;
  readonly active: boolean;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function Option({
  id,
  entry: { name, form, year, about },
  active,
  chosen,
  onChoose,
}: OptionProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      class={active ? "active" : undefined}
      // Before the field loses the focus and the list is gone.
      onPointerDown={(event) => event.preventDefault()}
      onClick={onChoose}
    >
      <span>
        <strong>{name}</strong>{" "}
        <span class="muted">
          {form}, {year}
        </span>
      </span>
      <small>{about}</small>
    </div>
  );
}
