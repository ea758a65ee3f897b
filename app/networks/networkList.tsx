import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { inBytes } from "./figures.ts";
import "./networks.css";
import { forget, type KeptNetwork, networks, notes, rename } from "./store.ts";

interface Props {
  /** The address of a page that shows the network, where names are to be links. */
  href?(id: string): string;
}

/** The networks that this browser keeps, to rename and to delete. */
export function NetworkList({ href }: Props): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  return (
    <div class="stack" ref={list} tabIndex={-1}>
      {notes.value.map((note) => (
        <div key={note} class="notice" role="status">
          {note}.
        </div>
      ))}
      {networks.value.length === 0 ? (
        <p class="muted">No network is kept here yet.</p>
      ) : (
        <ul class="network-list">
          {networks.value.map((network) => (
            <Item
              key={network.id}
              network={network}
              {...(href && { href: href(network.id) })}
              // The button that had the focus goes with its network.
              onDeleted={() => list.current?.focus()}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

interface ItemProps {
  readonly network: KeptNetwork;
  readonly href?: string;
  onDeleted(): void;
}

function Item({ network, href, onDeleted }: ItemProps): JSX.Element {
  const { id, name, form, origin, bytes, kept, classes } = network;
  const renaming = useSignal<string | undefined>(undefined);
  const deleting = useSignal(false);
  // The button to come back to when the name is settled.
  const returning = useRef(false);
  const close = () => {
    renaming.value = undefined;
    returning.current = true;
  };
  const settle = (event: Event) => {
    event.preventDefault();
    if (renaming.value !== undefined) rename(id, renaming.value);
    close();
  };
  return (
    <li>
      <div class="network-about">
        {renaming.value === undefined ? (
          <strong>{href === undefined ? name : <a href={href}>{name}</a>}</strong>
        ) : (
          <form class="row" onSubmit={settle}>
            <input
              aria-label={`New name of ${name}`}
              value={renaming.value}
              maxLength={200}
              ref={(input) => input?.focus()}
              onInput={({ currentTarget }) => {
                renaming.value = currentTarget.value;
              }}
              onKeyDown={({ key }) => {
                if (key === "Escape") close();
              }}
            />
            <button type="submit">Save the name</button>
          </form>
        )}
        <span class="muted">
          {form.kind === "zoo" ? form.model : "ONNX"} · {classes.length.toLocaleString("en")} classes ·{" "}
          {inBytes(bytes)} · {origin} · {new Date(kept).toLocaleDateString()}
        </span>
      </div>
      <div class="row">
        {renaming.value === undefined && (
          <button
            type="button"
            aria-label={`Rename ${name}`}
            ref={(button) => {
              if (button === null || !returning.current) return;
              returning.current = false;
              button.focus();
            }}
            onClick={() => {
              renaming.value = name;
            }}
          >
            Rename
          </button>
        )}
        {deleting.value ? (
          <>
            <button
              type="button"
              class="network-danger"
              ref={(button) => button?.focus()}
              onClick={() => forget(id).then(onDeleted)}
            >
              Delete {name} for good
            </button>
            <button
              type="button"
              onClick={() => {
                deleting.value = false;
              }}
            >
              Keep it
            </button>
          </>
        ) : (
          <button
            type="button"
            aria-label={`Delete ${name}`}
            onClick={() => {
              deleting.value = true;
            }}
          >
            Delete
          </button>
        )}
      </div>
    </li>
  );
}
