import type { JSX } from "preact";
import { EnlargedMap } from "./enlargedMap.tsx";
import { LayerRow } from "./layerRow.tsx";
import type { Session } from "./session.ts";

/** What every layer makes of the picture. */
export function LayersCard({ session }: { readonly session: Session }): JSX.Element {
  const info = session.opened.value;
  const answered = session.answered.value;
  const open = session.open.value;
  const focus = session.focus.value;
  const show = (layer: string, most: number): void => {
    const next = new Map(open);
    if (most === 0) next.delete(layer);
    else next.set(layer, most);
    session.open.value = next;
    session.ask();
  };
  return (
    <section class="card stack layers" aria-labelledby="layers-title">
      <div>
        <h2 id="layers-title">Layers</h2>
        <p class="muted">
          {info
            ? info.small
              ? "What each layer makes of the picture that is shown, from the first to the last. A click enlarges a map."
              : `${info.layers.length} layers. Open those whose maps you want to see: each takes time and memory.`
            : "What each layer makes of a picture shows here."}
        </p>
      </div>
      <ol class="rows">
        {info?.layers.map((layer) => (
          <LayerRow
            key={layer.name}
            layer={layer}
            filled={answered !== undefined}
            shown={open.get(layer.name)}
            drawn={answered?.layers.find(({ name }) => name === layer.name)}
            focus={focus?.layer === layer.name ? focus.index : undefined}
            onSeen={(visible) => session.look(layer.name, visible)}
            onShow={(most) => show(layer.name, most)}
            onFocus={(index) => {
              session.focus.value = { layer: layer.name, index };
              session.ask();
            }}
          >
            {focus?.layer === layer.name && <EnlargedMap key={focus.index} session={session} focus={focus} />}
          </LayerRow>
        ))}
      </ol>
    </section>
  );
}
