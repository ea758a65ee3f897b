import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { ImportNetwork } from "../networks/importNetwork.tsx";
import { NetworkList } from "../networks/networkList.tsx";
import { networks } from "../networks/store.ts";
import { href } from "../shell/route.ts";
import { change, settings } from "./choice.ts";

/** Starts from the seed, or from a network of the zoo that is kept here. */
export function StartFrom(): JSX.Element {
  const { start } = settings.value;
  const id = useId();
  const known = networks.value.flatMap(({ id, name, form, origin }) =>
    form.kind === "zoo" ? [{ id, text: `${name} (${origin})` }] : [],
  );
  const lost = start !== "" && !known.some(({ id }) => id === start);
  return (
    <div class="field">
      <label for={id}>Start from</label>
      <select id={id} value={start} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        <option value="">Random weights</option>
        {lost && <option value={start}>A network that is not kept here</option>}
        {known.map(({ id, text }) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Fine-tunes the network of that id: its kind is then the one that is trained. */
function choose(id: string): void {
  const form = networks.value.find((network) => network.id === id)?.form;
  change({ ...(form?.kind === "zoo" && { model: form.model, size: 0 }), start: id });
}

/** Networks to start from and to go on with. */
export function Kept(): JSX.Element {
  return (
    <section class="card stack" aria-labelledby="kept">
      <h2 id="kept">Networks kept here</h2>
      <NetworkList href={(id) => href("classify", id)} />
      <ImportNetwork onKept={choose} />
    </section>
  );
}
