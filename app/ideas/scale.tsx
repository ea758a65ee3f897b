import type { JSX } from "preact";
import { bytesPerWeight, type Comparison, costs } from "./full.ts";
import { brief, bytes, whole } from "./numbers.ts";

/** The axis ends at a million billion weights, which no layer here reaches. */
const decades = 15;
const ticks = [
  { power: 0, name: "1" },
  { power: 3, name: "10³" },
  { power: 6, name: "10⁶" },
  { power: 9, name: "10⁹" },
  { power: 12, name: "10¹²" },
];

/** Weights and memory of each layer, on an axis on which a step is a factor of ten. */
export function Bars({ comparison }: { readonly comparison: Comparison }): JSX.Element {
  const { neuron, full, convolution, matching, outputs } = costs(comparison);
  const { kernels, kernel, channels, neurons } = comparison;
  const rows = [
    {
      name: "One fully connected neuron",
      note: "reads every number of the picture",
      weights: neuron,
      series: 1,
    },
    { name: `${whole(neurons)} such neurons`, note: "one hidden layer", weights: full, series: 1 },
    {
      name: `${whole(outputs)} such neurons`,
      note: "as many outputs as the convolution has",
      weights: matching,
      series: 1,
    },
    {
      name: `Convolution, ${whole(kernels)} kernels of ${kernel}×${kernel}×${channels}`,
      note: "the same at every place",
      weights: convolution,
      series: 0,
    },
  ];
  return (
    <figure class="bars">
      <figcaption id="bars-of-weights">
        Weights, without biases. Each line of the axis is a thousand times the one before.
      </figcaption>
      <div class="axis" aria-hidden="true">
        {ticks.map(({ power, name }) => (
          <span key={name} style={{ left: `${(100 * power) / decades}%` }}>
            {name}
          </span>
        ))}
      </div>
      <ul aria-labelledby="bars-of-weights">
        {rows.map(({ name, note, weights, series }) => (
          <li key={note}>
            <span class="name">
              {name} <span class="muted">{note}</span>
            </span>
            <span class="number">
              <strong>{whole(weights)}</strong> weights
            </span>
            <span class="number">{bytes(weights * bytesPerWeight)}</span>
            <span class="axis">
              <span
                class="length"
                style={{
                  width: `${(100 * Math.log10(weights)) / decades}%`,
                  background: `var(--series-${series})`,
                }}
              />
            </span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** The hidden layer and the convolution as squares whose areas are their weights. */
export function Areas({ comparison }: { readonly comparison: Comparison }): JSX.Element {
  const { full, convolution } = costs(comparison);
  const larger = Math.max(full, convolution);
  const size = 240;
  const sideOf = (weights: number) => size * Math.sqrt(weights / larger);
  const small = Math.min(sideOf(full), sideOf(convolution));
  const [more, less, factor] =
    full >= convolution
      ? ["The hidden layer", "the convolution", full / convolution]
      : ["The convolution", "the hidden layer", convolution / full];
  return (
    <figure class="areas">
      <svg
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={`Two squares, their areas the weights: ${whole(full)} fully connected, ${whole(convolution)} in the convolution.`}
      >
        <Square side={sideOf(full)} size={size} series={1} behind={full >= convolution} />
        <Square side={sideOf(convolution)} size={size} series={0} behind={full < convolution} />
        <text x="10" y="22">
          {full >= convolution ? "hidden layer" : "convolution"}
        </text>
        <text x={Math.min(size - 90, small + 10)} y={size - 8}>
          {full >= convolution ? "convolution" : "hidden layer"}
        </text>
      </svg>
      <figcaption>
        {more} has <strong>{brief(factor)} times</strong> the weights of {less}. Areas are to scale
        {small < 1
          ? "; the small one, in the corner, would be less than a pixel wide and is drawn as one."
          : "."}
      </figcaption>
    </figure>
  );
}

interface SquareProps {
  readonly side: number;
  readonly size: number;
  readonly series: number;
  readonly behind: boolean;
}

function Square({ side, size, series, behind }: SquareProps): JSX.Element {
  const drawn = Math.max(1, side);
  return (
    <rect
      x={behind ? 0 : 2}
      y={behind ? size - drawn : size - drawn - 2}
      width={drawn}
      height={drawn}
      style={{
        fill: behind
          ? `color-mix(in srgb, var(--series-${series}) 30%, var(--paper))`
          : `var(--series-${series})`,
      }}
    />
  );
}
