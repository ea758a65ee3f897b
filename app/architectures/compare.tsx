import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Description } from "./description.ts";
import { field, long, memory, ratio, short } from "./numbers.ts";
import { type AlignedStage, alignStages, type Stage } from "./stages.ts";
import "./compare.css";

interface Props {
  readonly first: Description;
  readonly second: Description;
}

/** The totals of two networks. */
export function CompareTotals({ first, second }: Props): JSX.Element {
  const [a, b] = [first.summary, second.summary];
  const rows: readonly (readonly [
    title: string,
    one: number,
    other: number,
    format: (value: number) => string,
  ])[] = [
    ["Parameters", a.parameters, b.parameters, short],
    ["Multiply-adds", a.macs, b.macs, short],
    ["Activations", a.activations, b.activations, memory],
    ["Depth", a.depth, b.depth, long],
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll it
    <section class="scroll" aria-label="Table of totals" tabIndex={0}>
      <table class="totals">
        <caption class="aside">
          The totals of {first.name} and {second.name}
        </caption>
        <thead>
          <tr>
            <td />
            <th scope="col" class="number">
              {first.name}
            </th>
            <th scope="col" class="number">
              {second.name}
            </th>
            <th scope="col" class="number">
              ratio
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([title, one, other, format]) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td class="number">{format(one)}</td>
              <td class="number">{format(other)}</td>
              <td class="number">{ratio(other, one)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">Receptive field, px</th>
            <td class="number">{field(a.receptiveField)}</td>
            <td class="number">{field(b.receptiveField)}</td>
            <td class="number">{ratio(b.receptiveField[0], a.receptiveField[0])}</td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}

const measures = [
  ["macs", "Multiply-adds", short],
  ["parameters", "Parameters", short],
  ["activations", "Activations", memory],
] as const;

/** Where two networks spend what they do: by the resolution of their maps. */
export function CompareStages({ first, second }: Props): JSX.Element {
  const stages = useMemo(() => alignStages(first.summary, second.summary), [first, second]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll it
    <section class="scroll" aria-label="Table of costs by resolution" tabIndex={0}>
      <table class="stages">
        <caption class="aside">Costs by the resolution of the maps</caption>
        <thead>
          <tr>
            <th scope="col">Network and its maps</th>
            <th scope="col" class="number">
              Layers
            </th>
            {measures.map(([measure, title]) => (
              <th key={measure} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        {stages.map((stage) => (
          <tbody key={stage.title}>
            <tr>
              <th scope="rowgroup" colSpan={2 + measures.length}>
                {stage.title}
              </th>
            </tr>
            <Line stage={stage} part="first" name={first.name} all={stages} />
            <Line stage={stage} part="second" name={second.name} all={stages} />
          </tbody>
        ))}
      </table>
    </section>
  );
}

interface LineProps {
  readonly stage: AlignedStage;
  readonly part: "first" | "second";
  readonly name: string;
  readonly all: readonly AlignedStage[];
}

function Line({ stage, part, name, all }: LineProps): JSX.Element {
  const own: Stage | undefined = stage[part];
  return (
    <tr class={part}>
      <th scope="row">
        {name} <span class="muted size">{own?.sizes.join(", ")}</span>
      </th>
      <td class="number">{own?.layers ?? "–"}</td>
      {measures.map(([measure, title, format]) => {
        const value = own?.[measure] ?? 0;
        const most = Math.max(
          ...all.flatMap(({ first, second }) => [first?.[measure] ?? 0, second?.[measure] ?? 0]),
        );
        return (
          <td
            key={measure}
            class="bar"
            style={{ "--share": `${(100 * value) / Math.max(1, most)}%` }}
            title={title}
          >
            {value === 0 ? "–" : format(value)}
          </td>
        );
      })}
    </tr>
  );
}
