import type { JSX } from "preact";
import { nets } from "./nets.ts";
import { percent } from "./numbers.ts";
import { Pixels } from "./pixels.tsx";
import { session } from "./session.ts";
import { farthest, type Placement, ringMean, type Shift, sampleCount, steps } from "./shift.ts";

interface ShiftMapsProps {
  readonly placement: Placement;
  readonly onMove: (part: Partial<Placement>) => void;
}

const distances = [0, 1, 2, 3, 4, 6, 8, 10];
const empty = new Float32Array(steps.length ** 2).fill(Number.NaN);

/** For every shift, how probable each network takes the true class to be. */
export function ShiftMaps({ placement, onMove }: ShiftMapsProps): JSX.Element {
  const maps = session.maps.value;
  const here = (placement.dy + farthest) * steps.length + placement.dx + farthest;
  return (
    <>
      <h3>Where each network is still right</h3>
      <p>
        Each square is a shift, up to {farthest} pixels either way; the stronger its colour, the more probable
        the network takes the true digit to be, on average over {sampleCount} digits that it was not trained
        on. The frame is the shift above; click to go elsewhere. Digits have margins of some four pixels:
        beyond that, ink leaves the picture and no network can be right always.
      </p>
      <div class="maps">
        {nets.map(({ name, title }) => {
          const map = maps[name];
          const probability = map?.probability[here];
          const right = map?.right[here];
          return (
            <figure key={name}>
              <MapPicture
                title={title}
                values={map?.probability ?? empty}
                shift={placement}
                onMove={onMove}
              />
              <figcaption>
                <strong>{title}</strong>
                <br />
                {probability === undefined || right === undefined || Number.isNaN(probability)
                  ? "looking at the digits"
                  : `${percent(probability)} for the true digit, ${percent(right)} right`}
              </figcaption>
            </figure>
          );
        })}
      </div>
      <table class="distances">
        <caption>
          Digits read rightly, in percent, by how many pixels they are moved along the farther axis
        </caption>
        <thead>
          <tr>
            <th scope="col">Pixels</th>
            {distances.map((distance) => (
              <th key={distance} scope="col" class="number">
                {distance}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {nets.map(({ name, title }) => (
            <tr key={name}>
              <th scope="row">{title}</th>
              {distances.map((distance) => {
                const mean = ringMean(maps[name]?.right ?? empty, distance);
                return (
                  <td key={distance} class="number">
                    {Number.isNaN(mean) ? "…" : Math.round(100 * mean)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

interface MapPictureProps {
  readonly title: string;
  readonly values: Float32Array;
  readonly shift: Shift;
  readonly onMove: (shift: Shift) => void;
}

function MapPicture({ title, values, shift, onMove }: MapPictureProps): JSX.Element {
  const cell = 100 / steps.length;
  const summary = [0, 3, 10].map(
    (distance) => `${percent(ringMean(values, distance))} at ${distance} pixels`,
  );
  return (
    // Keys have the sliders and the digit itself for it.
    <div
      class="map"
      onPointerDown={({ currentTarget, clientX, clientY }) => {
        const { left, top, width, height } = currentTarget.getBoundingClientRect();
        const at = (part: number) => steps[Math.floor(part * steps.length)] ?? 0;
        onMove({ dx: at((clientX - left) / width), dy: at((clientY - top) / height) });
      }}
    >
      <Pixels
        values={values}
        width={steps.length}
        colour="--accent"
        label={
          values.some(Number.isNaN)
            ? `${title}: map still to come`
            : `${title}, probability of the true digit: ${summary.join(", ")}`
        }
      />
      <span
        class="here"
        style={{
          left: `${(shift.dx + farthest) * cell}%`,
          top: `${(shift.dy + farthest) * cell}%`,
          width: `${cell}%`,
          height: `${cell}%`,
        }}
      />
    </div>
  );
}
