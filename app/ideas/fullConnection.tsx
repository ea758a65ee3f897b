import type { JSX } from "preact";
import { useAddressed } from "./address.ts";
import { Connections } from "./connections.tsx";
import { addressing, type Comparison, costs, imagePresets, limits } from "./full.ts";
import { percent, product, whole } from "./numbers.ts";
import { Quantity } from "./quantity.tsx";
import { Areas, Bars } from "./scale.tsx";

/** What a layer costs that reads every pixel by a weight of its own, beside a convolution. */
export function FullConnection(): JSX.Element {
  const state = useAddressed(addressing);
  const comparison = state.value;
  const { width, height, channels, neurons, kernels, kernel } = comparison;
  const { neuron, reads, outputs } = costs(comparison);
  const change = (part: Partial<Comparison>) => {
    state.value = { ...state.value, ...part };
  };
  return (
    <section class="card" aria-labelledby="idea-full">
      <h2 id="idea-full">What full connection would cost</h2>
      <p>
        A fully connected neuron has a weight for every number of the picture, so layers grow with the
        picture's area: a small one of {product(100, 100, 3)} already takes 30,000 weights for a single
        neuron. A convolution reads only the pixels around each place (its connections are <em>sparse</em>),
        and by the same weights at every place (its parameters are <em>shared</em>). Its weights do not grow
        with the picture; only the places to compute do.
      </p>
      <fieldset class="row presets" aria-label="Pictures to start from">
        {imagePresets.map((preset) => {
          const name = product(preset.width, preset.height, preset.channels);
          const chosen = name === product(width, height, channels);
          return (
            <button key={name} type="button" aria-pressed={chosen} onClick={() => change(preset)}>
              {name}
            </button>
          );
        })}
      </fieldset>
      <div class="quantities">
        <Quantity
          label="Width, pixels"
          value={width}
          limits={limits.side}
          onChange={(value) => change({ width: value })}
        />
        <Quantity
          label="Height, pixels"
          value={height}
          limits={limits.side}
          onChange={(value) => change({ height: value })}
        />
        <Quantity
          label="Channels of the picture"
          value={channels}
          limits={limits.channels}
          onChange={(value) => change({ channels: value })}
        />
        <Quantity
          label="Neurons, fully connected"
          value={neurons}
          limits={limits.neurons}
          byFactors
          onChange={(value) => change({ neurons: value })}
        />
        <Quantity
          label="Kernels of the convolution"
          value={kernels}
          limits={limits.kernels}
          byFactors
          onChange={(value) => change({ kernels: value })}
        />
        <Quantity
          label="Side of a kernel, pixels"
          value={kernel}
          limits={limits.kernel}
          step={2}
          onChange={(value) => change({ kernel: value })}
        />
      </div>
      <div class="abreast">
        <Bars comparison={comparison} />
        <Areas comparison={comparison} />
      </div>
      <p aria-live="polite">
        One neuron: {product(width, height, channels)} = <strong>{whole(neuron)} weights</strong>. One output
        of the convolution reads {product(kernel, kernel, channels)} = {whole(reads)} of these {whole(neuron)}{" "}
        numbers ({percent(Math.min(1, reads / neuron))}), and each kernel's weights serve{" "}
        {whole(outputs / kernels)} places.
      </p>
      <h3>Sparse, and shared</h3>
      <Connections kernel={kernel} />
    </section>
  );
}
