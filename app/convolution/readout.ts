import { placeOf } from "./compute.ts";
import { readers } from "./geometry.ts";
import { exact } from "./numbers.ts";
import { columnOf, columns, cornerOf, count, hovered, looked, rowOf, rows, x, y } from "./state.ts";

// Rows and columns are counted from 0, as in code.

/** What the reader points at in the picture, or where the window is. */
export function inputReadout(): string {
  if (hovered.value?.where === "input") {
    const { row, column } = hovered.value.cell;
    const place = placeOf(row, column, rows.value, columns.value);
    const times = readers(rows.value, row).length * readers(columns.value, column).length;
    const read = times === 0 ? "read by no window" : `read by ${times} ${times === 1 ? "window" : "windows"}`;
    const what =
      place === "picture"
        ? valuesAt(x.value, row, column)
        : place === "padding"
          ? "0, padding"
          : "nothing: beyond the padding";
    return `(${row}, ${column}): ${what}; ${read}`;
  }
  if (count.value === 0) return "";
  const { row, column } = cornerOf(looked.value);
  const [bottom, right] = [row + rows.value.reach - 1, column + columns.value.reach - 1];
  if (rows.value.reach === 1) return `Window: row ${row}, column ${column}`;
  return `Window: rows ${row} to ${bottom}, columns ${column} to ${right}`;
}

/** The number of the result that is looked at. */
export function outputReadout(): string {
  if (count.value === 0) return "";
  const [row, column] = [rowOf(looked.value), columnOf(looked.value)];
  return `(${row}, ${column}): ${valuesAt(y.value, row, column)}`;
}

function valuesAt({ channels, height, width, data }: typeof x.value, row: number, column: number): string {
  const values = Array.from({ length: channels }, (_, channel) =>
    exact(data[(channel * height + row) * width + column] ?? 0),
  );
  return values.length === 3 ? `red ${values[0]}, green ${values[1]}, blue ${values[2]}` : values.join();
}
