import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { whole } from "./numbers.ts";

/** Pixels along a side of the picture that stands for one of any size. */
const side = 12;
const cell = 20;
const pixels = Array.from({ length: side * side }, (_, index) => index);

/** Which pixels one output reads, in either layer, and by which weights. */
export function Connections({ kernel }: { readonly kernel: number }): JSX.Element {
  const output = useSignal(65);
  const row = Math.floor(output.value / side);
  const column = output.value % side;
  const reach = (kernel - 1) / 2;
  /** The number of the weight that the convolution multiplies a pixel by; undefined where it does not read. */
  const weightAt = (pixel: number): number | undefined => {
    const y = Math.floor(pixel / side) - row + reach;
    const x = (pixel % side) - column + reach;
    return y >= 0 && y < kernel && x >= 0 && x < kernel ? y * kernel + x + 1 : undefined;
  };
  const read = pixels.filter((pixel) => weightAt(pixel) !== undefined).length;
  const first = output.value * pixels.length + 1;
  const move = (pixel: number) => {
    output.value = pixel;
  };
  return (
    <div class="connections">
      <div class="grids">
        <figure>
          <Grid
            label={`Full connection: output ${output.value + 1} reads all ${pixels.length} pixels, by weights of its own.`}
            shade={(pixel) => shadeOf(output.value * 31 + pixel * 17)}
            onMove={move}
          />
          <figcaption>
            <strong>Full connection.</strong> Output {output.value + 1} reads all {pixels.length} pixels, by
            weights {whole(first)} to {whole(first + pixels.length - 1)}, which no other output uses.
          </figcaption>
        </figure>
        <figure>
          <Grid
            label={`Convolution: output ${output.value + 1} reads ${read} pixels, by the ${kernel * kernel} weights that all outputs share.`}
            shade={(pixel) => {
              const weight = weightAt(pixel);
              return weight === undefined ? undefined : shadeOf(weight * 37);
            }}
            text={kernel <= 5 ? weightAt : undefined}
            onMove={move}
          />
          <figcaption>
            <strong>Convolution.</strong> Output {output.value + 1} reads {read} pixels around its own place,
            by weights 1 to {kernel * kernel}, which all {pixels.length} outputs use.
          </figcaption>
        </figure>
      </div>
      <label class="field">
        <span>Which output, of the {pixels.length} of a picture of 12 × 12 pixels</span>
        <input
          type="range"
          min={1}
          max={pixels.length}
          value={output.value + 1}
          onInput={({ currentTarget }) => move(currentTarget.valueAsNumber - 1)}
        />
      </label>
    </div>
  );
}

interface GridProps {
  readonly label: string;
  readonly shade: (pixel: number) => string | undefined;
  readonly text?: ((pixel: number) => number | undefined) | undefined;
  readonly onMove: (pixel: number) => void;
}

function Grid({ label, shade, text, onMove }: GridProps): JSX.Element {
  return (
    <svg
      viewBox={`0 0 ${side * cell} ${side * cell}`}
      role="img"
      aria-label={label}
      onPointerMove={({ currentTarget, clientX, clientY }) => {
        const { left, top, width, height } = currentTarget.getBoundingClientRect();
        const at = (part: number) => Math.min(side - 1, Math.max(0, Math.floor(part * side)));
        onMove(at((clientY - top) / height) * side + at((clientX - left) / width));
      }}
    >
      {pixels.map((pixel) => {
        const x = (pixel % side) * cell;
        const y = Math.floor(pixel / side) * cell;
        const weight = text?.(pixel);
        return (
          <g key={pixel}>
            <rect
              x={x + 1}
              y={y + 1}
              width={cell - 2}
              height={cell - 2}
              rx="2"
              style={{ fill: shade(pixel) ?? "var(--grid)" }}
            />
            {weight !== undefined && (
              <text x={x + cell / 2} y={y + cell / 2}>
                {weight}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** One of many shades of the accent: weights of different numbers look different. */
function shadeOf(number: number): string {
  return `color-mix(in srgb, var(--accent) ${22 + ((number * 29) % 54)}%, var(--paper))`;
}
