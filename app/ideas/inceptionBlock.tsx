import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useAddressed } from "./address.ts";
import { BlockCosts } from "./blockCosts.tsx";
import { BlockDrawing } from "./branches.tsx";
import { blocks, measure, splitAddressing } from "./inception.ts";
import { brief, product, whole } from "./numbers.ts";

/** What 1x1 convolutions in front of large ones save. */
export function InceptionBlock(): JSX.Element {
  const state = useAddressed(splitAddressing);
  const naive = useSignal(false);
  const costs = useComputed(() => measure(state.value));
  const split = state.value;
  const { reduced, naive: plain } = costs.value;
  const address = (given: typeof split) => splitAddressing.format(given).block;
  return (
    <section class="card" aria-labelledby="idea-inception">
      <h2 id="idea-inception">What a 1×1 convolution saves in an Inception block</h2>
      <p>
        GoogLeNet's blocks look at the same pixels by kernels of three sizes and stack what they find. A large
        kernel over many channels is dear, so a 1×1 convolution, which mixes channels without looking around,
        first reduces them to a few; behind the pooling another one keeps the output from growing. Change the
        numbers in the boxes: the library builds the block anew and counts.
      </p>
      <fieldset class="row presets" aria-label="Blocks of GoogLeNet">
        <span class="muted" aria-hidden="true">
          Blocks of GoogLeNet
        </span>
        {[...blocks].map(([name, block]) => (
          <button
            key={name}
            type="button"
            aria-pressed={address(block) === address(split)}
            onClick={() => {
              state.value = block;
            }}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <div class="abreast block-and-costs">
        <div class="drawing">
          <label class="row">
            <input
              type="checkbox"
              checked={naive.value}
              onChange={({ currentTarget }) => {
                naive.value = currentTarget.checked;
              }}
            />
            Draw it without the reductions
          </label>
          <BlockDrawing
            split={split}
            naive={naive.value}
            channels={naive.value ? plain.channels : reduced.channels}
            onChange={(part) => {
              state.value = { ...state.value, ...part };
            }}
          />
        </div>
        <div class="stack">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on narrow screens large numbers are scrolled to, by keys too */}
          <section class="stack scroll" aria-label="Costs of the block" tabIndex={0}>
            <BlockCosts reduced={reduced} naive={plain} />
          </section>
          <p aria-live="polite">
            With reductions the block turns {product(split.side, split.side, split.from)} into{" "}
            <strong>{whole(reduced.channels)} channels</strong> by {whole(reduced.macs)} multiply-adds.
            Without them it takes <strong>{brief(plain.macs / reduced.macs)} times</strong> as many, has{" "}
            {brief(plain.parameters / reduced.parameters)} times the parameters, and puts out{" "}
            {whole(plain.channels)} channels, as the pooling passes all of its {whole(split.from)} on.
          </p>
        </div>
      </div>
    </section>
  );
}
