import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { replaceRoute, route } from "../shell/route.ts";
import { formatView, parseView, requestOf, swapped, type View } from "./address.ts";
import { type Asked, Column, useDescription } from "./column.tsx";
import { CompareStages, CompareTotals } from "./compare.tsx";
import { BuildOptions, ColourChoice } from "./options.tsx";
import { Overview } from "./overview.tsx";
import { Picker } from "./picker.tsx";
import { entries, loadEntries } from "./zoo.ts";

/** The networks of the zoo, one by one or two beside each other. */
export function Networks(): JSX.Element {
  const view = useComputed(() => parseView(route.value));
  const failure = useSignal<string | undefined>(undefined);
  const first = useDescription(useComputed(() => requestOf(view.value, view.value.name)));
  const second = useDescription(
    useComputed(() => {
      const { beside } = view.value;
      return beside === undefined ? undefined : requestOf(view.value, beside);
    }),
  );
  useEffect(() => {
    loadEntries().catch((error: unknown) => {
      failure.value = `The networks could not be loaded: ${String(error)}. Load the page again.`;
    });
  }, []);
  const { name, beside } = view.value;
  const change = (changes: Partial<View>) => replaceRoute(formatView({ ...view.peek(), ...changes }));
  const visit = (changes: Partial<View>) => {
    location.hash = formatView({ ...view.peek(), ...changes });
  };

  return (
    <div class="stack architectures">
      <section class="card chooser" aria-label="Choose networks">
        <div class="fields">
          <Picker
            label="Network"
            entries={entries.value}
            value={name}
            onChoose={(chosen) => visit({ name: chosen, layer: undefined })}
          />
          <Picker
            label="Compare with"
            entries={entries.value}
            value={beside ?? ""}
            placeholder="no other"
            onChoose={(chosen) => visit({ beside: chosen, besideLayer: undefined })}
          />
          {beside !== undefined && (
            <div class="row">
              <button type="button" onClick={() => visit(swapped(view.peek()))}>
                Swap
              </button>
              <button type="button" onClick={() => visit({ beside: undefined, besideLayer: undefined })}>
                Close comparison
              </button>
            </div>
          )}
        </div>
        <div class="fields">
          <ColourChoice view={view.value} onChange={change} />
          <BuildOptions view={view.value} summary={first.value.description?.summary} onChange={change} />
        </div>
      </section>
      {failure.value !== undefined && (
        <p class="notice" role="alert">
          {failure.value}
        </p>
      )}
      <Failure name={name} asked={first.value} />
      {beside !== undefined && <Failure name={beside} asked={second.value} />}
      {beside === undefined ? (
        <One view={view.value} asked={first.value} change={change} />
      ) : (
        <Two view={view.value} first={first.value} second={second.value} change={change} />
      )}
      <p class="aside" aria-live="polite">
        {first.value.description && `${first.value.description.name} is shown`}
        {second.value.description && beside !== undefined && ` beside ${second.value.description.name}`}
      </p>
    </div>
  );
}

/** Why a network can't be shown. */
function Failure({ name, asked }: { readonly name: string; readonly asked: Asked }): JSX.Element | undefined {
  if (asked.failure === undefined) return undefined;
  const unknown = entries.value.length > 0 && entries.value.every((entry) => entry.name !== name);
  return (
    <p class="notice" role="alert">
      {unknown ? `There is no network “${name.slice(0, 60)}”. Choose one in the list.` : asked.failure}
    </p>
  );
}

interface OneProps {
  readonly view: View;
  readonly asked: Asked;
  readonly change: (changes: Partial<View>) => void;
}

function One({ view, asked, change }: OneProps): JSX.Element | undefined {
  const { description, failure } = asked;
  if (failure !== undefined) return undefined;
  const entry = entries.value.find(({ name }) => name === view.name);
  const overview = <Overview name={view.name} entry={entry} description={description} whole />;
  if (description === undefined) return <Waiting>{overview}</Waiting>;
  return (
    <Column
      key={description}
      description={description}
      layer={view.layer}
      colouring={view.colouring}
      narrow={false}
      onSelect={(layer) => change({ layer })}
    >
      {overview}
    </Column>
  );
}

/** The room that a network will take. */
function Waiting({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="column">
      <div class="card">
        <p class="muted space">Reading the network …</p>
      </div>
      <div class="card">{children}</div>
    </div>
  );
}

interface TwoProps extends Pick<OneProps, "view" | "change"> {
  readonly first: Asked;
  readonly second: Asked;
}

function Two({
  view,
  first: { description: one },
  second: { description: other },
  change,
}: TwoProps): JSX.Element {
  const entryOf = (wanted: string | undefined) => entries.value.find(({ name }) => name === wanted);
  return (
    <>
      <div class="pair">
        <section class="card" aria-label="Overview of the first network">
          <Overview name={view.name} entry={entryOf(view.name)} description={undefined} whole={false} />
        </section>
        <section class="card" aria-label="Overview of the second network">
          <Overview
            name={view.beside ?? ""}
            entry={entryOf(view.beside)}
            description={undefined}
            whole={false}
          />
        </section>
      </div>
      {one && other && (
        <div class="pair uneven">
          <section class="card" aria-labelledby="totals">
            <h2 id="totals">Totals</h2>
            <CompareTotals first={one} second={other} />
          </section>
          <section class="card" aria-labelledby="stages">
            <h2 id="stages">Where the cost lies</h2>
            <CompareStages first={one} second={other} />
          </section>
        </div>
      )}
      <div class="pair">
        {one && (
          <Column
            key={one}
            description={one}
            layer={view.layer}
            colouring={view.colouring}
            narrow
            onSelect={(layer) => change({ layer })}
          />
        )}
        {other && (
          <Column
            key={other}
            description={other}
            layer={view.besideLayer}
            colouring={view.colouring}
            narrow
            onSelect={(besideLayer) => change({ besideLayer })}
          />
        )}
      </div>
    </>
  );
}
