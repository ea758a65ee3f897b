import { useSignal } from "@preact/signals";
import { serializeNpy, type TensorData } from "convnets";
import type { Region } from "convnets/explain";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { asPixels } from "../pictures/asImage.ts";
import { opaque } from "./colours.ts";
import { Latest } from "./latest.ts";
import { drawPixels, saveFile, sheetOf } from "./paint.ts";
import type { Answered, Focus } from "./question.ts";
import type { Session } from "./session.ts";
import { short } from "./text.ts";

interface EnlargedMapProps {
  readonly session: Session;
  readonly focus: Focus;
}

interface Unit {
  readonly row: number;
  readonly column: number;
}

/** A map large, beside the picture: the unit under the cursor, its value, and what of the picture it sees. */
export function EnlargedMap({ session, focus }: EnlargedMapProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const unit = useSignal<Unit | undefined>(undefined);
  const region = useSignal<Region | undefined>(undefined);
  const filter = useSignal<TensorData | undefined>(undefined);
  const answered = session.answered.value;
  const enlarged =
    answered?.enlarged?.layer === focus.layer && answered.enlarged.index === focus.index
      ? answered.enlarged
      : undefined;
  const asking = useRef(
    new Latest<number>(async (index) => {
      region.value = await session.region(focus.layer, index).catch(() => undefined);
    }),
  );
  useEffect(() => {
    session.filter(focus).then(
      (found) => {
        filter.value = found;
      },
      () => undefined,
    );
  }, []);
  useEffect(() => {
    if (canvas.current && enlarged) drawPixels(canvas.current, { ...enlarged, data: enlarged.rgba });
  }, [enlarged]);

  const point = (next: Unit): void => {
    if (!enlarged || (unit.value?.row === next.row && unit.value.column === next.column)) return;
    const { height, width } = enlarged;
    const row = Math.min(height - 1, Math.max(0, next.row));
    const column = Math.min(width - 1, Math.max(0, next.column));
    unit.value = { row, column };
    void asking.current.submit((focus.index * height + row) * width + column);
  };
  const key = (event: KeyboardEvent): void => {
    const [down, right] = ways[event.key] ?? [];
    if (down === undefined || right === undefined || !enlarged) return;
    event.preventDefault();
    const from = unit.value ?? {
      row: Math.floor(enlarged.height / 2),
      column: Math.floor(enlarged.width / 2),
    };
    point({ row: from.row + down, column: from.column + right });
  };
  const at = unit.value;
  const value = at && enlarged?.data[at.row * enlarged.width + at.column];
  const title = `Map ${focus.index + 1} of ${focus.layer}`;
  return (
    <section class="enlarged" aria-label={title}>
      <div class="row">
        <h3>{title}</h3>
        <button
          type="button"
          disabled={!enlarged}
          onClick={() => {
            if (!enlarged) return;
            const { height, width, data } = enlarged;
            const bytes = serializeNpy({ shape: [height, width], data });
            saveFile(new Blob([Uint8Array.from(bytes)]), `${focus.layer}-${focus.index}.npy`);
          }}
        >
          Save .npy
        </button>
        <button
          type="button"
          onClick={() => {
            session.focus.value = undefined;
          }}
        >
          Close
        </button>
      </div>
      <div class="pair">
        <figure>
          <div
            class="map"
            role="application"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: keys choose a unit of it
            tabIndex={0}
            aria-label={`${title}: arrow keys choose a unit`}
            onKeyDown={key}
            onPointerMove={({ currentTarget, clientX, clientY }) => {
              if (!enlarged) return;
              const box = currentTarget.getBoundingClientRect();
              point({
                row: Math.floor(((clientY - box.top) / box.height) * enlarged.height),
                column: Math.floor(((clientX - box.left) / box.width) * enlarged.width),
              });
            }}
          >
            <canvas ref={canvas} class="pixels" width="1" height="1" />
            {at && enlarged && (
              <span
                class="unit"
                style={{
                  left: `${(100 * at.column) / enlarged.width}%`,
                  top: `${(100 * at.row) / enlarged.height}%`,
                  width: `${100 / enlarged.width}%`,
                  height: `${100 / enlarged.height}%`,
                }}
              />
            )}
          </div>
          <figcaption aria-live="polite">
            {at && value !== undefined
              ? `Row ${at.row + 1}, column ${at.column + 1}: ${short(value)}`
              : enlarged
                ? `${enlarged.height} × ${enlarged.width} units; point at one`
                : "Show a picture first"}
          </figcaption>
        </figure>
        <Seen answered={answered} region={region.value} />
        {filter.value && <Filter filter={filter.value} />}
      </div>
    </section>
  );
}

const ways: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** What the network reads, with the part that the unit sees. */
function Seen({
  answered,
  region,
}: {
  readonly answered: Answered | undefined;
  readonly region: Region | undefined;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const image = answered?.image;
  useEffect(() => {
    if (canvas.current && image) drawPixels(canvas.current, asPixels(image));
  }, [image]);
  const rows = region && region.bottom - region.top + 1;
  const columns = region && region.right - region.left + 1;
  const whole = image && rows === image.height && columns === image.width;
  return (
    <figure>
      <div class="map">
        <canvas
          ref={canvas}
          class={image && image.height > 100 ? "" : "pixels"}
          width="1"
          height="1"
          role="img"
          aria-label="What the network reads"
        />
        {region && image && rows !== undefined && columns !== undefined && rows > 0 && (
          <span
            class="region"
            style={{
              left: `${(100 * region.left) / image.width}%`,
              top: `${(100 * region.top) / image.height}%`,
              width: `${(100 * columns) / image.width}%`,
              height: `${(100 * rows) / image.height}%`,
            }}
          />
        )}
      </div>
      <figcaption aria-live="polite">
        {rows === undefined
          ? "What a unit sees of the picture"
          : whole
            ? "The unit sees the whole picture"
            : `The unit sees ${rows} × ${columns} pixels`}
      </figcaption>
    </figure>
  );
}

/** So many channels of a filter are drawn. */
const mostChannels = 16;

/** The weights that make the map, channel by channel of what the layer reads. */
function Filter({ filter }: { readonly filter: TensorData }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [channels = 1, height = 1, width = 1] = filter.shape;
  const shown = Math.min(channels, mostChannels);
  const across = Math.min(shown, 4);
  const down = Math.ceil(shown / across);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const area = height * width;
    for (let channel = 0; channel < shown; channel++) {
      const data = Float32Array.from(filter.data.subarray(channel * area, (channel + 1) * area));
      const tile = sheetOf({ data: opaque({ shape: [height, width], data }), height, width });
      context.drawImage(tile, (channel % across) * (width + 1), Math.floor(channel / across) * (height + 1));
    }
  }, [filter]);
  return (
    <figure>
      <div class="map filter">
        <canvas
          ref={canvas}
          class="pixels"
          width={across * (width + 1) - 1}
          height={down * (height + 1) - 1}
          role="img"
          aria-label="The filter of this map"
        />
      </div>
      <figcaption>
        Its filter: {channels} × {height} × {width}
        {channels > shown && `, the first ${shown} channels`}; blue is negative, red positive
      </figcaption>
    </figure>
  );
}
