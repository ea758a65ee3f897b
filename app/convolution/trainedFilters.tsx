import { useSignal } from "@preact/signals";
import { wrap } from "comlink";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { load, networks } from "../networks/store.ts";
import { href } from "../shell/route.ts";
import { paint } from "./colours.ts";
import { brief, type Filters, filterNumbers } from "./filters.ts";
import type { FilterWorker } from "./filterWorker.ts";
import { palette } from "./palette.ts";
import { bytes, change } from "./state.ts";

/** The first filters of a network that the reader keeps, as kernels to choose from. */
export function TrainedFilters(): JSX.Element {
  const chosen = useSignal("");
  const filters = useSignal<Filters | undefined>(undefined);
  const taken = useSignal<number | undefined>(undefined);
  const failure = useSignal("");
  if (networks.value.length === 0)
    return (
      <p class="muted about">
        None is kept here yet: <a href={href("train")}>train one</a>, and its first filters can be taken.
      </p>
    );
  const open = async (id: string): Promise<void> => {
    chosen.value = id;
    filters.value = undefined;
    taken.value = undefined;
    failure.value = "";
    if (id === "") return;
    try {
      const found = await filtersOf(id);
      if (chosen.peek() === id) filters.value = found;
    } catch (error) {
      const name = networks.peek().find((one) => one.id === id)?.name ?? "The network";
      if (chosen.peek() === id)
        failure.value = `${name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  const take = (found: Filters, index: number): void => {
    taken.value = index;
    change({
      operation: "convolution",
      size: found.size,
      kernel: filterNumbers(found, index),
      bias: brief(found.bias[index] ?? 0),
      ...(found.channels === 3 && bytes.value.channels === 3 ? { channels: "all" as const } : {}),
    });
  };
  return (
    <div>
      <label class="field">
        <span>Network</span>
        <select value={chosen.value} onChange={({ currentTarget }) => void open(currentTarget.value)}>
          <option value="">Choose one of yours</option>
          {networks.value.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {chosen.value !== "" && filters.value === undefined && failure.value === "" && (
        <p class="muted about">Reading its filters …</p>
      )}
      {failure.value !== "" && (
        <p class="notice" role="alert">
          {failure.value}
        </p>
      )}
      {filters.value && <Choices filters={filters.value} taken={taken.value} onTake={take} />}
    </div>
  );
}

function Choices({
  filters,
  taken,
  onTake,
}: {
  readonly filters: Filters;
  readonly taken: number | undefined;
  onTake(filters: Filters, index: number): void;
}): JSX.Element {
  return (
    <>
      <fieldset class="filters" aria-label={`Filters of ${filters.path}`}>
        {Array.from({ length: filters.count }, (_, index) => (
          <button
            key={index}
            type="button"
            aria-label={`Filter ${index}`}
            aria-pressed={taken === index}
            onClick={() => onTake(filters, index)}
          >
            <Thumbnail filters={filters} index={index} />
          </button>
        ))}
      </fieldset>
      <p class="muted about">
        {filters.path}, {filters.count} filters. Networks see pictures normalised, and most apply ReLU after
        it.
      </p>
    </>
  );
}

/** One plane by sign, three as red, green and blue around grey. */
function Thumbnail({ filters, index }: { readonly filters: Filters; readonly index: number }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { size, channels } = filters;
  const colours = palette.value;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const data = Float32Array.from(filterNumbers(filters, index));
    const most = Math.max(...data.map(Math.abs)) || 1;
    const pixels = new ImageData(size, size);
    const scale = { kind: channels === 3 ? "picture" : "signed", least: -most, most } as const;
    paint({ channels, height: size, width: size, data }, scale, colours.signed, pixels.data);
    context.putImageData(pixels, 0, 0);
  }, [filters, index, colours]);
  return <canvas ref={canvas} class="pixels" width={size} height={size} />;
}

async function filtersOf(id: string): Promise<Filters> {
  const network = await load(id);
  const thread = new Worker(new URL("./filterWorker.ts", import.meta.url), { type: "module" });
  try {
    return await wrap<FilterWorker>(thread).filters(network);
  } finally {
    thread.terminate();
  }
}
