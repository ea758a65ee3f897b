import type { JSX } from "preact";
import type { Description, Entry } from "./description.ts";
import { area, extents, long, memory, short } from "./numbers.ts";

interface Props {
  readonly name: string;
  readonly entry: Entry | undefined;
  readonly description: Description | undefined;
  /** Whether it tells the totals. */
  readonly whole: boolean;
}

/** Whose network this is, and what it costs as a whole. */
export function Overview({ name, entry, description, whole }: Props): JSX.Element {
  return (
    <div class={whole ? "overview whole" : "overview"}>
      <h2>
        {name} {entry && <span class="form">{entry.form}</span>}
      </h2>
      <p>{entry?.about}</p>
      {entry && (
        <p class="muted">
          {entry.year}:{" "}
          <a href={entry.paper.url} rel="noopener" target="_blank">
            {entry.paper.title} <span aria-hidden="true">↗</span>
          </a>
        </p>
      )}
      {whole && description && <Totals description={description} />}
    </div>
  );
}

function Totals({ description: { summary } }: { readonly description: Description }): JSX.Element {
  const { parameters, evaluationParameters, macs, activations, receptiveField, depth, input } = summary;
  const heads = parameters - evaluationParameters;
  return (
    <dl class="figures">
      <div>
        <dt>Input</dt>
        <dd>{extents(input)}</dd>
      </div>
      <div>
        <dt>Parameters</dt>
        <dd title={long(parameters)}>{short(parameters)}</dd>
        {heads > 0 && <dd class="note">{short(evaluationParameters)} without heads</dd>}
      </div>
      <div>
        <dt>Multiply-adds</dt>
        <dd title={long(macs)}>{short(macs)}</dd>
      </div>
      <div>
        <dt>Activations</dt>
        <dd title={`${long(activations)} numbers of 4 bytes`}>{memory(activations)}</dd>
      </div>
      <div>
        <dt>Receptive field</dt>
        <dd>{area(receptiveField)}</dd>
        <dd class="note">of the last maps</dd>
      </div>
      <div>
        <dt>Depth</dt>
        <dd>{depth}</dd>
        <dd class="note">with weights</dd>
      </div>
    </dl>
  );
}
