import type { Row } from "convnets/models";
import type { JSX } from "preact";
import { type Volume, volumesOf } from "./volumes.ts";

/** What a layer with a window reads, slides and puts out, to one scale. */
export function VolumesDrawing({ row }: { readonly row: Row }): JSX.Element | undefined {
  const drawing = volumesOf(row);
  if (drawing === undefined) return undefined;
  const { width, height, volumes } = drawing;
  const told = volumes.map(({ title, extents, note }) => `${title} ${extents.join(" × ")}${note}`);
  return (
    <figure class="volumes">
      <svg
        role="img"
        aria-label={`To scale: ${told.join(", ")}`}
        viewBox={`-2 -2 ${width + 4} ${height + 4}`}
        style={{ maxWidth: `${width + 4}px` }}
      >
        {volumes.map((volume, index) => (
          <Solid key={volume.title} volume={volume} series={index} />
        ))}
      </svg>
      <figcaption>
        {volumes.map(({ title, extents, note }, index) => (
          <span key={title}>
            <i style={{ background: `var(--series-${index})` }} />
            {title} {extents.join(" × ")}
            {note}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** Front, top and side of a box. */
function Solid({ volume, series }: { readonly volume: Volume; readonly series: number }): JSX.Element {
  const { x, y, width: w, height: h, depth: d } = volume;
  return (
    <g class="solid" style={{ "--colour": `var(--series-${series})` }}>
      <path class="front" d={`M${x} ${y}h${w}v${h}h${-w}z`} />
      <path class="top" d={`M${x} ${y}l${d} ${-d}h${w}l${-d} ${d}z`} />
      <path class="side" d={`M${x + w} ${y}l${d} ${-d}v${h}l${-d} ${d}z`} />
    </g>
  );
}
