import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Pair } from "./laboratory.ts";
import { signed } from "./numbers.ts";
import { Pixels } from "./pixels.tsx";
import { session } from "./session.ts";
import type { Placement } from "./shift.ts";

const mapSize = 28 * 28;

/** The first layer of LeNet-5 and of the perceptron, for the digit in the middle and where it is now. */
export function Features({ placement: { dx, dy } }: { readonly placement: Placement }): JSX.Element {
  const look = session.look.value;
  if (look === undefined) return <p class="muted">The networks are looking at the digit.</p>;
  const { maps, units } = look;
  return (
    <div class="features">
      <figure>
        <figcaption>
          <strong>LeNet-5's first convolution</strong>: six maps of 28 × 28, in the middle (above) and moved
          (below)
        </figcaption>
        <Before pair={maps} size={mapSize} width={28} name="Map" />
        <p>
          Moved back by ({signed(0 - dx)}, {signed(0 - dy)}), the lower maps agree with the upper ones:
          correlation <strong>{correlation(maps)}</strong>, largest difference{" "}
          {maps.largestDifference.toFixed(4)}. Left out are the places whose kernel reads over the picture's
          edge.
        </p>
      </figure>
      <figure>
        <figcaption>
          <strong>The fully connected network's first layer</strong>: 256 units, in the middle (left) and
          moved (right)
        </figcaption>
        <div class="units">
          <Before pair={units} size={256} width={16} name="Units" />
        </div>
        <p>
          A unit has no place to move to: correlation <strong>{correlation(units)}</strong>, largest
          difference {units.largestDifference.toFixed(2)}.
        </p>
      </figure>
    </div>
  );
}

interface BeforeProps {
  readonly pair: Pair;
  readonly size: number;
  readonly width: number;
  readonly name: string;
}

/** All pictures before, then all of them after; of a kind they share one scale. */
function Before({ pair, size, width, name }: BeforeProps): JSX.Element {
  const pictures = useMemo(() => {
    const most = Math.max(1e-6, ...pair.before, ...pair.after);
    return [pair.before, pair.after].map((values) =>
      Array.from({ length: values.length / size }, (_, index) =>
        values.slice(index * size, (index + 1) * size).map((value) => value / most),
      ),
    );
  }, [pair, size]);
  return (
    <div class="before-and-after">
      {pictures.map((row, index) => (
        <div key={index}>
          {row.map((values, map) => (
            <Pixels
              key={map}
              values={values}
              width={width}
              colour="--accent"
              label={`${name} ${row.length > 1 ? `${map + 1} ` : ""}${index === 0 ? "in the middle" : "moved"}`}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

function correlation({ correlation }: Pair): string {
  return Number.isNaN(correlation) ? "not defined" : correlation.toFixed(2);
}
