import { useSignal, useSignalEffect } from "@preact/signals";
import type { Row } from "convnets/models";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { amount, formatAmount, type Measure, total } from "./costs.ts";
import type { Description } from "./description.ts";
import { extents, field, percent } from "./numbers.ts";
import type { Selection } from "./selection.ts";
import { type Branch, visibleRows } from "./tree.ts";
import "./layers.css";

interface Props {
  readonly description: Description;
  readonly selection: Selection;
}

/** So many rows at a time: ResNet-1202 has three thousand. */
const some = 60;

const columns = [
  ["parameters", "Parameters"],
  ["macs", "Mult-adds"],
  ["activations", "Activations"],
] as const;

type Order = "computation" | (typeof columns)[number][0];

/** Every layer and its costs, as a tree that opens and closes with the diagram, or the dearest first. */
export function Layers({ description, selection }: Props): JSX.Element {
  const order = useSignal<Order>("computation");
  const limit = useSignal(some);
  const list = useRef<HTMLDivElement>(null);
  useSignalEffect(() => {
    if (selection.selected.value === undefined) return;
    // The row may be drawn anew for it.
    requestAnimationFrame(() => show(list.current));
  });
  const { rows } = description.summary;
  const by = order.value;
  const branches = by === "computation" ? visibleRows(rows, selection.open.value) : dearest(rows, by);
  const sort = (to: Order) => {
    order.value = by === to ? "computation" : to;
    limit.value = some;
  };
  return (
    <>
      <div class="scroll layers" ref={list}>
        <table>
          <caption class="aside">
            Layers of {description.name},{" "}
            {by === "computation" ? "in the order of the computation" : "the dearest first"}
          </caption>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Puts out</th>
              {columns.map(([measure, title]) => (
                <th
                  key={measure}
                  scope="col"
                  class="number"
                  aria-sort={by === measure ? "descending" : undefined}
                >
                  <button
                    type="button"
                    class="sort"
                    aria-pressed={by === measure}
                    onClick={() => sort(measure)}
                  >
                    {title} <span aria-hidden="true">{by === measure ? "▼" : "↕"}</span>
                  </button>
                </th>
              ))}
              <th scope="col" class="number">
                Sees, px
              </th>
            </tr>
          </thead>
          <tbody>
            {branches.slice(0, limit.value).map((branch) => (
              <Line
                key={branch.row.path}
                branch={branch}
                indented={by === "computation"}
                description={description}
                selection={selection}
              />
            ))}
          </tbody>
        </table>
      </div>
      {branches.length > limit.value && (
        <p>
          <button
            type="button"
            onClick={() => {
              limit.value += some;
            }}
          >
            Show {Math.min(some, branches.length - limit.value)} more of {branches.length}
          </button>
        </p>
      )}
    </>
  );
}

/** Scrolls a list to its selected row; the page stays where it is. */
function show(list: HTMLDivElement | null): void {
  const row = list?.querySelector("tr.selected");
  if (list === null || !(row instanceof HTMLElement)) return;
  const [top, bottom] = [row.offsetTop, row.offsetTop + row.offsetHeight];
  // The head of the table stays above its rows.
  const head = list.querySelector("thead")?.offsetHeight ?? 0;
  if (top < list.scrollTop + head || bottom > list.scrollTop + list.clientHeight)
    list.scrollTop = top - list.clientHeight / 2;
}

/** Layers without others in them, by what they cost. */
function dearest(rows: readonly Row[], measure: Measure): readonly Branch[] {
  return rows
    .filter((row, index) => (rows[index + 1]?.level ?? 0) <= row.level && amount(row, measure) > 0)
    .toSorted((a, b) => amount(b, measure) - amount(a, measure))
    .map((row) => ({ row, name: row.path, inner: false }));
}

interface LineProps extends Props {
  readonly branch: Branch;
  readonly indented: boolean;
}

function Line({ branch: { row, name, inner }, indented, description, selection }: LineProps): JSX.Element {
  const { path, kind, level, output, window, receptiveField } = row;
  const root = path === "";
  const open = root || selection.open.value.has(path);
  const selected = root ? selection.selected.value === undefined : selection.selected.value === path;
  const select = () => {
    if (root) selection.selected.value = undefined;
    else selection.reveal(path);
  };
  return (
    <tr class={selected ? "selected" : undefined} onClick={select}>
      <th scope="row">
        <span class="name" style={indented ? { "--level": level } : undefined}>
          {inner && !root ? (
            <button
              type="button"
              class="twist"
              aria-expanded={open}
              aria-label={`${open ? "Close" : "Open"} ${path}`}
              onClick={(event) => {
                event.stopPropagation();
                selection.toggle(path);
              }}
            >
              {open ? "−" : "+"}
            </button>
          ) : (
            <span class="twist" />
          )}
          <button
            type="button"
            class="layer"
            aria-pressed={selected}
            aria-label={root ? description.name : path}
          >
            {name}
          </button>
          <span class="muted">
            {name.replace(/:\d+$/, "") !== kind && `${kind} `}
            {window}
          </span>
        </span>
      </th>
      <td>{extents(output)}</td>
      {columns.map(([measure]) => (
        <Share
          key={measure}
          value={amount(row, measure)}
          of={total(description.summary, measure)}
          measure={measure}
        />
      ))}
      <td class="number">{field(root ? description.summary.receptiveField : receptiveField)}</td>
    </tr>
  );
}

interface ShareProps {
  readonly value: number;
  readonly of: number;
  readonly measure: Measure;
}

function Share({ value, of, measure }: ShareProps): JSX.Element {
  if (value === 0) return <td class="number muted">–</td>;
  const share = Math.min(1, value / of);
  return (
    <td class="number share" style={{ "--share": `${100 * share}%` }} title={percent(share)}>
      {formatAmount(value, measure)}
    </td>
  );
}
