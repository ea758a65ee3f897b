import { computed } from "@preact/signals";
import { winner } from "./compute.ts";
import { readers } from "./geometry.ts";
import type { Grid } from "./grid.ts";
import { short } from "./numbers.ts";
import { palette } from "./palette.ts";
import { unveiling } from "./playback.ts";
import {
  columnOf,
  columns,
  cornerOf,
  count,
  hovered,
  kernel,
  looked,
  operation,
  position,
  rowOf,
  rows,
  taps,
  y,
} from "./state.ts";

// What is drawn above the cells. Runs at every frame: what takes making is computed when it changes.

/** The windows that read the pixel pointed at, by row and by column. */
const readerRows = computed(() => {
  return hovered.value?.where === "input" ? readers(rows.value, hovered.value.cell.row) : [];
});
const readerColumns = computed(() => {
  return hovered.value?.where === "input" ? readers(columns.value, hovered.value.cell.column) : [];
});
const factors = computed(() => [...kernel.value].map((weight) => `× ${short(weight)}`));
const won = computed(() => (operation.value.kind === "max" ? winner(taps.value[0] ?? []) : -1));

/** The window on the picture, tap by tap if there are pixels between, and the cell pointed at. */
export function markInput(grid: Grid): void {
  const { accent, mark, ink } = palette.value;
  if (count.value > 0) {
    const { row, column } = cornerOf(looked.value);
    const { kernel: size, dilation, reach } = rows.value;
    const weighted = operation.value.kind === "convolution";
    for (let tap = 0; tap < size * size; tap++) {
      const down = row + Math.floor(tap / size) * dilation;
      const right = column + (tap % size) * dilation;
      if (dilation > 1) grid.frame(down, right, 1, 1, accent, 1.5);
      if (weighted) grid.note(down, right, factors.value[tap] ?? "");
      if (tap === won.value) grid.dot(down, right, mark);
    }
    if (dilation === 1) grid.frame(row, column, reach, reach, accent, 2.5);
  }
  if (hovered.value?.where === "input") {
    const { row, column } = hovered.value.cell;
    grid.frame(row, column, 1, 1, ink, 2);
  }
}

/** The window's number in the result, or those that read the pixel pointed at. */
export function markOutput(grid: Grid): void {
  const { height, width } = y.value;
  if (count.value === 0) return;
  if (unveiling.value) {
    const at = Math.max(looked.value, Math.min(position.value, count.value - 1));
    grid.veil(rowOf(at), columnOf(at) + 1, width - columnOf(at) - 1);
    for (let row = rowOf(at) + 1; row < height; row++) grid.veil(row, 0, width);
  }
  for (const row of readerRows.value)
    for (const column of readerColumns.value) grid.frame(row, column, 1, 1, palette.value.mark, 1.5);
  grid.frame(rowOf(looked.value), columnOf(looked.value), 1, 1, palette.value.accent, 2.5);
}
