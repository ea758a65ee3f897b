import type { Row } from "convnets/models";
import type { JSX } from "preact";
import {
  amount,
  type Formula,
  formatFormula,
  type Measure,
  macsFormula,
  parametersFormula,
  total,
} from "./costs.ts";
import type { Description } from "./description.ts";
import { area, extents, long, memory, percent } from "./numbers.ts";
import type { Selection } from "./selection.ts";
import { around, findPart } from "./tree.ts";
import { VolumesDrawing } from "./volumes.tsx";
import "./details.css";

interface Props {
  readonly description: Description;
  readonly selection: Selection;
}

/** What the selected layer does, what it costs, and how the numbers come about. */
export function Details({ description, selection }: Props): JSX.Element {
  const layer = selection.selected.value;
  const row = layer === undefined ? undefined : description.summary.rows.find(({ path }) => path === layer);
  if (layer === undefined)
    return (
      <p class="muted">
        Press a box, or a layer of the list, to see what it does and costs. A module opens when pressed, and
        closes by its name. Drag the diagram to move it; once it was pressed, the wheel zooms, and zooming in
        on a module opens it.
      </p>
    );
  return (
    <div class="details">
      <Way name={description.name} layer={layer} selection={selection} />
      {row === undefined ? (
        <Join description={description} layer={layer} />
      ) : (
        <Layer row={row} description={description} />
      )}
    </div>
  );
}

/** From the network down to the layer. */
function Way({
  name,
  layer,
  selection,
}: Pick<Props, "selection"> & { readonly name: string; readonly layer: string }): JSX.Element {
  const outer = around(layer);
  const last = layer.slice(outer.at(-1) === undefined ? 0 : (outer.at(-1) ?? "").length + 1);
  return (
    <nav aria-label={`Around ${layer} of ${name}`} class="way">
      <button
        type="button"
        onClick={() => {
          selection.selected.value = undefined;
        }}
      >
        {name}
      </button>
      {outer.map((path, index) => (
        <button key={path} type="button" onClick={() => selection.enter(path)}>
          {path.slice(index === 0 ? 0 : (outer[index - 1] ?? "").length + 1)}
        </button>
      ))}
      <span aria-current="true">{last}</span>
    </nav>
  );
}

function Layer({
  row,
  description: { summary },
}: {
  readonly row: Row;
  readonly description: Description;
}): JSX.Element {
  const { kind, input, output, slides, receptiveField, parameters, macs, activations } = row;
  return (
    <>
      <h3>
        {kind} <span class="muted">{row.path}</span>
      </h3>
      <VolumesDrawing row={row} />
      <dl class="facts">
        <Fact title="Reads">{extents(input)}</Fact>
        <Fact title="Puts out">{extents(output)}</Fact>
        {slides && (
          <>
            <Fact title="Kernel">{area(slides.kernel)}</Fact>
            <Fact title="Stride">{pair(slides.stride)}</Fact>
            <Fact title="Padding">{padding(slides.padding)}</Fact>
            {pair(slides.dilation) !== "1" && <Fact title="Dilation">{pair(slides.dilation)}</Fact>}
            {slides.groups > 1 && <Fact title="Groups">{slides.groups}</Fact>}
          </>
        )}
        <Fact title="Sees, pixels">{area(receptiveField)}</Fact>
      </dl>
      <dl class="sums">
        <Sum
          title="Parameters"
          value={long(parameters)}
          formula={parametersFormula(row)}
          inner={parameters > 0}
        />
        <Sum title="Multiply-adds" value={long(macs)} formula={macsFormula(row)} inner={macs > 0} />
        <Sum
          title="Activation memory"
          value={activations === 0 ? "none counted" : memory(activations)}
          note={
            activations === 0
              ? "only convolutions and full connections count"
              : `${long(activations)} numbers of 4 bytes`
          }
        />
      </dl>
      <Shares row={row} summary={summary} />
    </>
  );
}

function Fact({
  title,
  children,
}: {
  readonly title: string;
  readonly children: preact.ComponentChildren;
}): JSX.Element {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface SumProps {
  readonly title: string;
  readonly value: string;
  readonly formula?: Formula;
  /** Whether there is something to say of layers inside. */
  readonly inner?: boolean;
  readonly note?: string;
}

function Sum({ title, value, formula, inner = false, note = "" }: SumProps): JSX.Element {
  const own = formula !== undefined && formula.terms.length > 0;
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        {value}
        <small>{own ? `= ${formatFormula(formula)}` : inner ? "all layers in it together" : note}</small>
      </dd>
    </div>
  );
}

const measures: readonly (readonly [Measure, string])[] = [
  ["parameters", "parameters"],
  ["macs", "multiply-adds"],
  ["activations", "activations"],
];

/** How much of the network's costs a layer has. */
function Shares({
  row,
  summary,
}: {
  readonly row: Row;
  readonly summary: Description["summary"];
}): JSX.Element {
  return (
    <ul class="shares" aria-label="Share of the whole network">
      {measures.map(([measure, title]) => {
        const share = amount(row, measure) / Math.max(1, total(summary, measure));
        return (
          <li key={measure} style={{ "--share": `${100 * Math.min(1, share)}%` }}>
            <strong>{percent(share)}</strong> of the network's {title}
          </li>
        );
      })}
    </ul>
  );
}

/** A sum, a concatenation: no weights, no multiply-adds. */
function Join({
  description,
  layer,
}: {
  readonly description: Description;
  readonly layer: string;
}): JSX.Element {
  const part = findPart(description.parts, layer);
  if (part === undefined)
    return (
      <p class="notice" role="alert">
        {description.name} has no layer {layer}. Choose one in the list.
      </p>
    );
  const title = part.kind === "group" ? part.path : part.title;
  return (
    <>
      <h3>
        {title === "+" ? "Sum" : title} <span class="muted">{layer}</span>
      </h3>
      <dl class="facts">
        <Fact title="Puts out">{part.output.join(" × ")}</Fact>
      </dl>
      <p>It has no weights, and nothing is multiplied.</p>
    </>
  );
}

function pair([vertical, horizontal]: readonly [number, number]): string {
  return vertical === horizontal ? `${vertical}` : `${vertical} down, ${horizontal} across`;
}

function padding([top, left, bottom, right]: readonly [number, number, number, number]): string {
  if (top === bottom && left === right) return pair([top, left]);
  return `${top} above, ${bottom} below, ${left} left, ${right} right`;
}
