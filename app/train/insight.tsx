import { type ReadonlySignal, type Signal, signal, useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import type { Look } from "./look.ts";
import { look, prepared, watched } from "./session.ts";
import { percent, whole } from "./text.ts";
import { TileSheet } from "./tileSheet.tsx";

/** The held-out picture that is looked at, by its place. */
const picture: Signal<number> = signal(0);
/** The layer, where the reader chose one that the network has. */
const chosen: Signal<string> = signal("");

/** The layer that is wanted, or the first with maps; of a network without maps the first that is not the picture itself. */
function layerOf(layers: readonly (readonly [string, readonly number[]])[], wanted: string): string {
  if (layers.some(([name]) => name === wanted)) return wanted;
  return (layers.find(([, shape]) => shape.length === 3) ?? layers[1])?.[0] ?? "";
}

/** What the network sees: its filters, and what it makes of a picture, while it learns. */
export function Insight(): JSX.Element {
  const layers = useComputed(() => prepared.value?.layers ?? []);
  const layer = useComputed(() => layerOf(layers.value, chosen.value));
  // Looked at as long as this is shown: nothing is computed for nobody.
  useEffect(() => {
    const count = prepared.value?.heldOut ?? 0;
    watched.value =
      layer.value === ""
        ? undefined
        : { picture: count === 0 ? 0 : picture.value % count, layer: layer.value };
  }, [layer.value, picture.value, prepared.value]);
  useEffect(
    () => () => {
      watched.value = undefined;
    },
    [],
  );
  return (
    <div class="insight">
      <section class="card" aria-labelledby="filters">
        <h2 id="filters">First filters</h2>
        {look.value ? <Filters look={look.value} /> : <Nothing />}
      </section>
      <section class="card" aria-labelledby="activations">
        <h2 id="activations">What it makes of a picture</h2>
        {look.value ? <Activations look={look.value} layers={layers} layer={layer} /> : <Nothing />}
      </section>
    </div>
  );
}

function Nothing(): JSX.Element {
  return <p class="muted">Nothing yet: it fills while a network learns.</p>;
}

function Filters({ look: { filters } }: { readonly look: Look }): JSX.Element {
  if (filters === undefined)
    return <p class="muted">This network has no layer of weights that sees the picture itself.</p>;
  const { count, of, width, height } = filters;
  return (
    <>
      <TileSheet tiles={filters} label={`${count} filters of the first layer`} {...sizes(count)} />
      <p class="muted">
        {count < of ? `${count} of ${of}` : count} filters of {height}×{width}: red adds, blue takes away.
      </p>
    </>
  );
}

function Activations({
  look: shown,
  layers,
  layer,
}: {
  readonly look: Look;
  readonly layers: ReadonlySignal<readonly (readonly [string, readonly number[]])[]>;
  readonly layer: ReadonlySignal<string>;
}): JSX.Element {
  const names = prepared.value?.classes ?? [];
  const count = prepared.value?.heldOut ?? 1;
  const id = useId();
  const move = (by: number) => {
    picture.value = (picture.value + by + count) % count;
  };
  const name = names[shown.label] ?? `${shown.label}`;
  return (
    <div class="activations">
      <div class="stack">
        <TileSheet tiles={shown.shown} label={`Held-out picture ${shown.picture + 1}, ${name}`} side={112} />
        <div class="row">
          <button type="button" aria-label="Previous picture" onClick={() => move(-1)}>
            ‹
          </button>
          <button type="button" aria-label="Next picture" onClick={() => move(1)}>
            ›
          </button>
        </div>
        <p class="muted">
          Held-out picture {whole(shown.picture + 1)}, a “{name}”
        </p>
      </div>
      <Answers probabilities={shown.probabilities} names={names} label={shown.label} />
      <div class="stack layer-maps">
        <div class="field">
          <label for={id}>Layer</label>
          <select
            id={id}
            value={layer.value}
            onChange={({ currentTarget }) => {
              chosen.value = currentTarget.value;
            }}
          >
            {layers.value.map(([path, shape]) => (
              <option key={path} value={path}>
                {path} ({shape.join("×")})
              </option>
            ))}
          </select>
        </div>
        <TileSheet
          tiles={shown.maps}
          label={`Activations of ${shown.layer}, ${shown.shape.join("×")}`}
          {...sizes(shown.maps.count)}
        />
        {shown.maps.count < shown.maps.of && (
          <p class="muted">
            {shown.maps.count} of {whole(shown.maps.of)} maps
          </p>
        )}
      </div>
    </div>
  );
}

/** The fewer maps there are, the larger they are shown. */
function sizes(count: number): { readonly side: number; readonly columns: number } {
  if (count === 1) return { side: 240, columns: 1 };
  if (count <= 8) return { side: 56, columns: 3 };
  return count <= 16 ? { side: 48, columns: 4 } : { side: 26, columns: 8 };
}

/** Classes that are listed; of more, the most probable. */
const most = 10;

function Answers({
  probabilities,
  names,
  label,
}: {
  readonly probabilities: Float32Array;
  readonly names: readonly string[];
  readonly label: number;
}): JSX.Element {
  const rows = [...probabilities].map((probability, index) => ({ index, probability }));
  const shown =
    rows.length <= most ? rows : rows.sort((a, b) => b.probability - a.probability).slice(0, most);
  return (
    <table class="answers">
      <caption class="aside">Probabilities of the classes</caption>
      <tbody>
        {shown.map(({ index, probability }) => (
          <tr key={index}>
            <th scope="row">
              {names[index] ?? index}
              {index === label && <span title="what it is"> ✓</span>}
            </th>
            <td aria-hidden="true">
              <i style={{ width: `${100 * probability}%` }} />
            </td>
            <td class="number">{percent(probability)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
