import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import {
  extentFor,
  type Layer,
  layerDilations,
  layerKernels,
  layerStrides,
  levelsOf,
  mostLayers,
} from "./stack.ts";
import { StackDrawing } from "./stackDrawing.tsx";
import { change, settings } from "./state.ts";

/** So wide a picture is drawn, and no wider. */
const drawable = 80;

/** Layers upon layers: how far each sees. */
export function StackCard(): JSX.Element {
  const { layers } = settings.value;
  const extent = extentFor(layers);
  const levels = levelsOf(layers, extent);
  const last = levels.at(-1) ?? { field: 1, jump: 1, middle: 0, count: 1 };
  const asked = useSignal<number | undefined>(undefined);
  const chosen = Math.min(asked.value ?? Math.floor(last.count / 2), last.count - 1);
  const set = (index: number, part: Partial<Layer>) =>
    change({ layers: layers.map((layer, at) => (at === index ? { ...layer, ...part } : layer)) });
  return (
    <section class="card stack" aria-label="Layer upon layer">
      <div>
        <h2>Layer upon layer</h2>
        <p>
          A number of the second layer reads numbers of the first, and each of those reads pixels of its own.
          So deeper layers see more of the picture. Strides make later windows wider, dilation spreads them.
        </p>
      </div>
      <div class="scroll">
        <table class="layers">
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Kernel</th>
              <th scope="col">Stride</th>
              <th scope="col">Dilation</th>
              <th scope="col" class="number">
                Sees
              </th>
              <th scope="col" class="number">
                Apart
              </th>
              <th>
                <span class="aside">Remove</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {layers.map((layer, index) => (
              <tr key={index}>
                <th scope="row">{index + 1}</th>
                <td>
                  <Pick
                    name={`Kernel of layer ${index + 1}`}
                    value={layer.kernel}
                    among={layerKernels}
                    onPick={(kernel) => set(index, { kernel })}
                  />
                </td>
                <td>
                  <Pick
                    name={`Stride of layer ${index + 1}`}
                    value={layer.stride}
                    among={layerStrides}
                    onPick={(stride) => set(index, { stride })}
                  />
                </td>
                <td>
                  <Pick
                    name={`Dilation of layer ${index + 1}`}
                    value={layer.dilation}
                    among={layerDilations}
                    onPick={(dilation) => set(index, { dilation })}
                  />
                </td>
                <td class="number">
                  {levels[index + 1]?.field} × {levels[index + 1]?.field}
                </td>
                <td class="number">{levels[index + 1]?.jump} px</td>
                <td>
                  <button
                    type="button"
                    aria-label={`Remove layer ${index + 1}`}
                    disabled={layers.length === 1}
                    onClick={() => change({ layers: layers.filter((_, at) => at !== index) })}
                  >
                    ×
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="row">
        <button
          type="button"
          disabled={layers.length === mostLayers}
          onClick={() => change({ layers: [...layers, { kernel: 3, stride: 1, dilation: 1 }] })}
        >
          Add a layer
        </button>
      </div>
      <p aria-live="polite">
        A number of the last layer depends on{" "}
        <strong>
          {last.field} × {last.field} pixels
        </strong>
        . {weightsText(layers, last.field)}
      </p>
      {extent > drawable ? (
        <p class="muted">That is too wide to be drawn here.</p>
      ) : (
        <figure class="stack-figure">
          <StackDrawing layers={layers} levels={levels} chosen={chosen} />
          <figcaption>
            One row of pixels at the bottom, the layers above it. The bars say in how many ways a pixel
            reaches the number: some count more than others.
          </figcaption>
          <label class="field">
            <span>Number of the last layer: {chosen}</span>
            <input
              type="range"
              min="0"
              max={last.count - 1}
              value={chosen}
              onInput={({ currentTarget }) => {
                asked.value = Number(currentTarget.value);
              }}
            />
          </label>
        </figure>
      )}
    </section>
  );
}

function Pick({
  name,
  value,
  among,
  onPick,
}: {
  readonly name: string;
  readonly value: number;
  readonly among: readonly number[];
  onPick(value: number): void;
}): JSX.Element {
  return (
    <select
      aria-label={name}
      value={value}
      onChange={({ currentTarget }) => onPick(Number(currentTarget.value))}
    >
      {among.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  );
}

/** VGG's reason for small kernels, where it holds. */
function weightsText(layers: readonly Layer[], field: number): string {
  const weights = layers.reduce((sum, { kernel }) => sum + kernel ** 2, 0);
  if (layers.length < 2 || weights >= field ** 2) return "";
  return `As convolutions of one channel they have ${weights} weights; a single kernel of ${field} × ${field} has ${field ** 2}.`;
}
