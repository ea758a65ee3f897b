import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ranges } from "./guess.ts";
import type { Network } from "./network.ts";
import type { Draft } from "./read.ts";
import { classesIn, numbersIn, rangeIn } from "./settle.ts";

/** What the reader settles of a file's network. */
export type Settled = Pick<Network, "name" | "classes" | "normalization" | "digits">;

interface Props {
  readonly file: string;
  readonly drafts: readonly Draft[];
  onSettled(index: number, settled: Settled): void;
  onCancel(): void;
}

const other = "other";

/** Asks what a file does not say: which of several networks it is, its classes, and what its pixels have to be. */
export function DraftForm({ file, drafts, onSettled, onCancel }: Props): JSX.Element {
  const index = useSignal(0);
  const heading = useRef<HTMLHeadingElement>(null);
  // Where the file chooser was, its button is; the way on begins here.
  useEffect(() => heading.current?.focus(), []);
  const draft = drafts[index.value] ?? drafts[0];
  return (
    <section class="card stack">
      <h3 ref={heading} tabIndex={-1}>
        {file}
      </h3>
      {drafts.length > 1 ? (
        <fieldset class="network-choices">
          <legend>These weights fit {drafts.length} networks. Which are they of?</legend>
          {drafts.map(({ title, note }, which) => (
            <label key={`${title} ${note}`} class="network-choice">
              <input
                type="radio"
                name="draft"
                checked={index.value === which}
                onChange={() => {
                  index.value = which;
                }}
              />
              <span>
                {title}
                {note && <span class="muted"> {note}</span>}
              </span>
            </label>
          ))}
        </fieldset>
      ) : (
        <p>
          {draft?.title}
          {draft?.note && <span class="muted"> {draft.note}</span>}. {draft?.tried}
        </p>
      )}
      {drafts.length > 1 && draft?.tried && <p>{draft.tried}</p>}
      {draft && (
        <Details
          key={index.value}
          draft={draft}
          onSettled={(settled) => onSettled(index.value, settled)}
          onCancel={onCancel}
        />
      )}
    </section>
  );
}

interface DetailsProps {
  readonly draft: Draft;
  onSettled(settled: Settled): void;
  onCancel(): void;
}

function Details({ draft, onSettled, onCancel }: DetailsProps): JSX.Element {
  const name = useSignal(draft.name);
  const known = Object.entries(ranges).find(
    ([, { mean, std }]) => `${mean}/${std}` === `${draft.normalization.mean}/${draft.normalization.std}`,
  );
  const range = useSignal(known?.[0] ?? other);
  const mean = useSignal(draft.normalization.mean.join(", "));
  const std = useSignal(draft.normalization.std.join(", "));
  const classes = useSignal(draft.classes.join("\n"));
  const digits = useSignal(draft.digits);
  const problem = useSignal<string | undefined>(undefined);

  const submit = (event: Event) => {
    event.preventDefault();
    try {
      const asked = { mean: numbersIn(mean.value), std: numbersIn(std.value) };
      onSettled({
        name: name.value.trim() || draft.name,
        classes: classesIn(classes.value, draft.classes.length),
        normalization: rangeIn(ranges[range.value] ?? asked, draft.channels),
        digits: digits.value,
      });
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <form class="stack" onSubmit={submit}>
      <div class="row network-fields">
        <label class="field">
          <span>Name</span>
          <input
            value={name.value}
            maxLength={200}
            onInput={({ currentTarget }) => {
              name.value = currentTarget.value;
            }}
          />
        </label>
        <label class="field">
          <span>Pixels it was trained with</span>
          <select
            value={range.value}
            onChange={({ currentTarget }) => {
              range.value = currentTarget.value;
            }}
          >
            {[...Object.keys(ranges), other].map((option) => (
              <option key={option} value={option}>
                {option === other ? "other mean and deviation" : option}
              </option>
            ))}
          </select>
        </label>
        {range.value === other && (
          <>
            <Numbers label="Mean, of 0 to 1" text={mean} />
            <Numbers label="Deviation" text={std} />
          </>
        )}
      </div>
      <label class="network-choice">
        <input
          type="checkbox"
          checked={digits.value}
          onChange={({ currentTarget }) => {
            digits.value = currentTarget.checked;
          }}
        />
        Trained on handwritten digits, white on black: drawings are centred for it
      </label>
      <details>
        <summary>Names of the {draft.classes.length.toLocaleString("en")} classes</summary>
        <textarea
          class="network-classes"
          aria-label="Names of the classes, one a line"
          rows={Math.min(10, draft.classes.length)}
          value={classes.value}
          onInput={({ currentTarget }) => {
            classes.value = currentTarget.value;
          }}
        />
      </details>
      {problem.value !== undefined && (
        <div class="notice" role="alert">
          {problem.value}
        </div>
      )}
      <div class="row">
        <button type="submit" class="primary">
          Keep this network
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function Numbers({ label, text }: { readonly label: string; readonly text: { value: string } }): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
        }}
      />
    </label>
  );
}
