import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { stepsOf } from "../charts/curve.ts";
import { type Line, Plot } from "../charts/plot.tsx";
import { networks } from "../networks/store.ts";
import { begin } from "./begin.ts";
import { settings } from "./choice.ts";
import { choose, compared, forget, rename, runs } from "./history.ts";
import { differences, finalAccuracy, type Run, trainingSeconds } from "./run.ts";
import { active, current } from "./session.ts";
import { settingNames } from "./settings.ts";
import { duration, percent, short, stateText } from "./text.ts";

/** All runs, and those that are chosen over each other. */
export function Comparison(): JSX.Element {
  return (
    <section class="card stack" aria-labelledby="runs">
      <h2 id="runs">Runs</h2>
      {runs.value.length === 0 ? (
        <p class="muted">No run yet. Each training is kept here, to be compared with others.</p>
      ) : (
        <>
          <List />
          <Overlay />
        </>
      )}
    </section>
  );
}

function List(): JSX.Element {
  return (
    <div class="scroll">
      <table class="runs">
        <caption class="aside">Runs, the latest first</caption>
        <thead>
          <tr>
            <th scope="col">Compare</th>
            <th scope="col">Run</th>
            <th scope="col">State</th>
            <th scope="col" class="number">
              Epochs
            </th>
            <th scope="col" class="number">
              Held out
            </th>
            <th scope="col" class="number">
              Time
            </th>
            <th scope="col">
              <span class="aside">What to do with it</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.value.map((run) => (
            <Row key={run.id} run={run} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ run }: { readonly run: Run }): JSX.Element {
  const editing = useSignal(false);
  const accuracy = finalAccuracy(run);
  const busy = active.value && current.value?.id === run.id;
  const end = (name: string) => {
    editing.value = false;
    if (name.trim() !== "") rename(run.id, name.trim());
  };
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          aria-label={`Compare ${run.name}`}
          checked={compared.value.has(run.id)}
          onChange={({ currentTarget }) => choose(run.id, currentTarget.checked)}
        />
      </td>
      <th scope="row">
        {editing.value ? (
          <input
            aria-label={`Name of ${run.name}`}
            value={run.name}
            ref={(input) => input?.focus()}
            onBlur={({ currentTarget }) => end(currentTarget.value)}
            onKeyDown={({ key, currentTarget }) => {
              if (key === "Enter") end(currentTarget.value);
              if (key === "Escape") editing.value = false;
            }}
          />
        ) : (
          run.name
        )}
      </th>
      <td>{stateText(run)}</td>
      <td class="number">
        {run.epochs.length} of {run.settings.epochs}
      </td>
      <td class="number">{accuracy === undefined ? "–" : percent(accuracy)}</td>
      <td class="number">{run.epochs.length === 0 ? "–" : duration(trainingSeconds(run))}</td>
      <td>
        <div class="row acts">
          <button
            type="button"
            onClick={() => {
              editing.value = true;
            }}
          >
            Rename<span class="aside"> {run.name}</span>
          </button>
          <button
            type="button"
            disabled={active.value}
            onClick={() => {
              settings.value = run.settings;
              begin();
            }}
          >
            Train again<span class="aside"> with the settings of {run.name}</span>
          </button>
          <button type="button" disabled={busy} onClick={() => forget(run.id)}>
            Delete<span class="aside"> {run.name}</span>
          </button>
        </div>
      </td>
    </tr>
  );
}

const colours = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => `--series-${index}`);

function Overlay(): JSX.Element | null {
  const chosen = useComputed(() => runs.value.filter(({ id }) => compared.value.has(id)));
  const epochs = useComputed(() => Math.max(1, ...chosen.value.map(({ settings }) => settings.epochs)));
  const loss = useComputed(() => chosen.value.map(lossOf));
  const accuracy = useComputed(() => chosen.value.map(accuracyOf));
  if (chosen.value.length < 2)
    return <p class="muted">Choose two runs or more to see their curves over each other.</p>;
  return (
    <>
      <div class="curves">
        <div>
          <h3>Training loss</h3>
          <Plot
            label="Training loss of the chosen runs by epochs"
            lines={loss}
            x="epochs"
            format={short}
            range={{ x: [0, epochs.value] }}
          />
        </div>
        <div>
          <h3>Held-out accuracy</h3>
          <Plot
            label="Held-out accuracy of the chosen runs by epochs; the table of runs has where they end"
            lines={accuracy}
            x="epochs"
            format={(fraction) => `${Math.round(100 * fraction)} %`}
            range={{ x: [0, epochs.value] }}
          />
        </div>
      </div>
      <Differences runs={chosen.value} />
    </>
  );
}

function lossOf({ name, loss, prepared }: Run, index: number): Line {
  const x = stepsOf(loss).map((step) => step / (prepared?.stepsPerEpoch ?? 1));
  return { label: name, x, y: loss.smooth, ...lookOf(index) };
}

function accuracyOf({ name, epochs }: Run, index: number): Line {
  const x = epochs.map(({ epoch }) => epoch);
  return { label: name, x, y: epochs.map((e) => e.testAccuracy), dots: true, ...lookOf(index) };
}

function lookOf(index: number): Pick<Line, "colour" | "dashed"> {
  return { colour: colours[index % colours.length] ?? "", dashed: index >= colours.length };
}

function Differences({ runs: chosen }: { readonly runs: readonly Run[] }): JSX.Element {
  const rows = differences(chosen);
  if (rows.length === 0) return <p class="muted">Their settings are all the same.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="scroll" aria-label="Settings that differ" tabIndex={0}>
      <table>
        <caption>Settings that differ</caption>
        <thead>
          <tr>
            <td />
            {chosen.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, values }) => (
            <tr key={name}>
              <th scope="row">{settingNames[name]}</th>
              {values.map((value, index) => (
                <td key={chosen[index]?.id}>{name === "start" ? startName(`${value}`) : value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What a run started from, as the reader knows it. */
function startName(id: string): string {
  if (id === "") return "Random weights";
  return networks.value.find((network) => network.id === id)?.name ?? "A network that is not kept any more";
}
