import { useSignal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { Choice } from "./choice.tsx";
import { KernelGrid } from "./kernelGrid.tsx";
import { kernelSizes, type presets } from "./kernels.ts";
import { operations, presetsFor, resized, type Settings } from "./settings.ts";
import { change, pooling, settings, x } from "./state.ts";

const titles: Readonly<Record<Settings["operation"], string>> = {
  convolution: "Convolution",
  max: "Maximum",
  average: "Mean",
};

/** What is done with the numbers in the window. */
export function KernelCard(): JSX.Element {
  const { operation, size, bias, relu } = settings.value;
  return (
    <section class="card stack">
      <h2>Window</h2>
      <Choice
        legend="What it computes"
        value={operation}
        among={operations.map((one) => [one, titles[one]] as const)}
        onChange={(chosen) => change({ operation: chosen })}
      />
      <Choice
        legend="Size: k × k"
        value={size}
        among={kernelSizes.map((one) => [one, `${one}`] as const)}
        onChange={(chosen) => {
          settings.value = resized(settings.value, chosen);
        }}
      />
      {pooling.value ? (
        <Pooling />
      ) : (
        <>
          <Preset />
          <KernelGrid />
          <Learned />
          <div class="row">
            <label class="field bias">
              <span>Bias</span>
              <input
                type="number"
                step="any"
                value={bias}
                onChange={({ currentTarget }) => {
                  const value = Number(currentTarget.value);
                  if (Number.isFinite(Math.fround(value))) change({ bias: value });
                }}
              />
            </label>
            <label class="check">
              <input
                type="checkbox"
                checked={relu}
                onChange={({ currentTarget }) => change({ relu: currentTarget.checked })}
              />
              ReLU: nothing below 0
            </label>
          </div>
        </>
      )}
    </section>
  );
}

function Preset(): JSX.Element {
  const { kernel, size } = settings.value;
  const offered = presetsFor(size, x.value.channels);
  const chosen = offered.find(({ name }) => name === kernel);
  return (
    <div>
      <div class="row preset">
        <label class="field">
          <span>Kernel</span>
          <select
            value={chosen?.name ?? ""}
            onChange={({ currentTarget }) => change({ kernel: currentTarget.value })}
          >
            {chosen === undefined && <option value="">Your own numbers</option>}
            {offered.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          onClick={() => change({ kernel: randomNumbers(x.value.channels * size * size) })}
        >
          Random
        </button>
      </div>
      <p class="muted about">{chosen ? sentence(chosen.about) : "Numbers of your own."}</p>
    </div>
  );
}

/** What networks the reader keeps is looked up only when it is asked for: it takes the code of all networks. */
function Learned(): JSX.Element {
  const Content = useSignal<ComponentType | undefined>(undefined);
  return (
    <details
      onToggle={async ({ currentTarget }) => {
        if (currentTarget.open) Content.value ??= (await import("./trainedFilters.tsx")).TrainedFilters;
      }}
    >
      <summary>Learned by a network</summary>
      {Content.value && <Content.value />}
    </details>
  );
}

function Pooling(): JSX.Element {
  const { operation, ceil, countPadding } = settings.value;
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={ceil}
          onChange={({ currentTarget }) => change({ ceil: currentTarget.checked })}
        />
        Round the number of windows up
      </label>
      {operation === "average" && (
        <label class="check">
          <input
            type="checkbox"
            checked={countPadding}
            onChange={({ currentTarget }) => change({ countPadding: currentTarget.checked })}
          />
          Count padding in the mean
        </label>
      )}
    </>
  );
}

/** Between -1 and 1, in hundredths: they go into links. */
function randomNumbers(count: number): readonly number[] {
  return Array.from({ length: count }, () => Math.round(200 * Math.random() - 100) / 100);
}

function sentence(about: (typeof presets)[number]["about"]): string {
  return `${about.charAt(0).toUpperCase()}${about.slice(1)}.`;
}
