import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { ExportNetwork } from "../networks/exportNetwork.tsx";
import type { Network } from "../networks/network.ts";
import { keep, networks } from "../networks/store.ts";
import { href } from "../shell/route.ts";
import { finalAccuracy, type Run } from "./run.ts";
import { current, phase, weights } from "./session.ts";
import { percent } from "./text.ts";

/** The network of a run that is at rest, as it is now. */
async function networkOf({ id, name, settings, prepared, ...run }: Run): Promise<Network> {
  if (prepared === undefined) throw new Error("this run has no network yet");
  const accuracy = finalAccuracy(run);
  const what = settings.data === "digits" ? "digits" : "own pictures";
  return {
    ...{ id, name },
    form: { kind: "zoo", model: settings.model, options: prepared.options },
    weights: await weights(),
    classes: prepared.classes,
    normalization: prepared.normalization,
    digits: settings.data === "digits",
    origin: `trained here on ${what}${accuracy === undefined ? "" : `, ${percent(accuracy)}`}`,
  };
}

/** Where the trained network goes: into the library, to another page, into files. */
export function Handover(): JSX.Element | null {
  const run = useComputed(() => current.value);
  const said = useSignal("");
  const resting = useComputed(() => ["paused", "done", "stopped"].includes(phase.value));
  if (!resting.value || run.value?.prepared === undefined) return null;
  const { value } = run;
  const kept = networks.value.find(({ id }) => id === value.id);
  const keepIt = async () => {
    said.value = "";
    try {
      const network = await networkOf(value);
      // A name that the reader gave it stays.
      await keep({ ...network, name: kept?.name ?? network.name });
      said.value = `Kept as ${kept?.name ?? network.name}.`;
      return true;
    } catch (error) {
      said.value = `It could not be kept: ${error instanceof Error ? error.message : error}`;
      return false;
    }
  };
  const classify = href("classify", value.id);
  return (
    <section class="card stack" aria-labelledby="handover">
      <h2 id="handover">The network it became</h2>
      <div class="row">
        <button type="button" onClick={keepIt}>
          {kept ? "Keep it as it is now" : "Keep it"}
        </button>
        <a
          class="button"
          href={classify}
          onClick={async (event) => {
            // The other page knows networks that are kept.
            event.preventDefault();
            if (await keepIt()) location.hash = classify;
          }}
        >
          Classify with it
        </a>
        <span class="muted" role="status">
          {said.value}
        </span>
      </div>
      <ExportNetwork load={() => networkOf(value)} />
    </section>
  );
}
