import type { JSX } from "preact";
import { nearest } from "./geometry.ts";
import type { Cell } from "./grid.ts";
import { GridView } from "./gridView.tsx";
import { Appearance, Legend } from "./legend.tsx";
import { markInput, markOutput } from "./marks.ts";
import { pause } from "./playback.ts";
import { inputReadout, outputReadout } from "./readout.ts";
import * as state from "./state.ts";

const { columns, hovered, looked, rows, x, y } = state;

/** The picture with the window on it, and the result. */
export function Stage(): JSX.Element {
  return (
    <div class="stage">
      <GridView
        title={`Input ${sizeOf(x.value)}`}
        label={`The picture, ${x.value.height} rows and ${x.value.width} columns. Arrow keys move a cursor over it, Enter moves the window there.`}
        sheet={state.inputSheet}
        mark={markInput}
        focus={inputFocus}
        onHover={(cell) => point("input", cell)}
        onPick={({ row, column }) => goTo(nearest(rows.value, row), nearest(columns.value, column))}
        onArrow={(down, right) => {
          const { row, column } = inputFocus();
          point("input", {
            row: within(row + down, -rows.value.before, x.value.height + rows.value.after),
            column: within(column + right, -columns.value.before, x.value.width + columns.value.after),
          });
        }}
      >
        <Readout of={inputReadout} />
      </GridView>
      {state.problem.value !== undefined && (
        <p class="notice" role="alert">
          {state.problem.value}
        </p>
      )}
      <GridView
        title={`Output ${sizeOf(y.value)}`}
        label={`The result, ${y.value.height} rows and ${y.value.width} columns. Arrow keys move the window.`}
        sheet={state.outputSheet}
        mark={markOutput}
        focus={() => ({ row: state.rowOf(looked.value), column: state.columnOf(looked.value), size: 1 })}
        onHover={(cell) => point("output", cell)}
        onPick={({ row, column }) => goTo(row, column)}
        onArrow={(down, right) =>
          goTo(state.rowOf(looked.value) + down, state.columnOf(looked.value) + right)
        }
      >
        <Readout of={outputReadout} />
        <Legend />
        <Appearance />
      </GridView>
    </div>
  );
}

/** Reads signals of its own, so that pointing redraws no more than a line. */
function Readout({ of }: { of(): string }): JSX.Element {
  return <p class="readout">{of()}</p>;
}

function inputFocus(): ReturnType<Parameters<typeof GridView>[0]["focus"]> {
  if (hovered.value?.where === "input") return { ...hovered.value.cell, size: 1 };
  return { ...state.cornerOf(looked.value), size: rows.value.reach };
}

function point(where: "input" | "output", cell: Cell | undefined): void {
  const before = hovered.peek();
  if (before?.where === where && before.cell.row === cell?.row && before.cell.column === cell.column) return;
  if (cell !== undefined) hovered.value = { where, cell };
  else if (before !== undefined) hovered.value = undefined;
}

function goTo(row: number, column: number): void {
  pause();
  state.moveTo(row, column);
}

function sizeOf({ channels, height, width }: typeof x.value): string {
  return `${height} × ${width}${channels === 3 ? " × 3" : ""}`;
}

function within(index: number, first: number, end: number): number {
  return Math.max(first, Math.min(end - 1, index));
}
