import type { Summary } from "../models/summary.ts";
import type { Filters } from "./filters.ts";
import { type Html, html } from "./html.ts";
import { dataUri } from "./images.ts";
import { long, short } from "./numbers.ts";
import { dataTable, section } from "./page.ts";
import type { RunRecord } from "./record.ts";

// Sections about what was trained, and how.

export function filtersSection({ path, count, shown, coloured }: Filters, png: Uint8Array): Html {
  const colours = coloured
    ? "Each in its own range of colours."
    : "Red where brightness speaks for what it looks for, blue where against.";
  const which = shown < count ? `The first ${shown} of ${count} filters` : `${count} filters`;
  return section(
    "First layer",
    html`<figure class="card"><img class="pixels" src="${dataUri(png)}" alt="${which} of ${path}"><figcaption class="note">${which}, <code>${path}</code>. ${colours}</figcaption></figure>`,
  );
}

/** Above so many layers their table has to be opened. */
const mostLayers = 30;

export function layersSection({ rows, input, output, parameters, macs }: Summary): Html {
  const table = dataTable(
    `From ${extents(input)} to ${extents(output)}: ${long(parameters)} parameters, ${long(macs)} multiply-adds a picture. A layer's numbers include those of the layers within it.`,
    [
      ...[{ title: "layer" }, { title: "kind" }, { title: "output", isNumber: true }, { title: "window" }],
      ...["parameters", "mult-adds", "sees"].map((title) => ({ title, isNumber: true })),
    ],
    rows.map((row) => [
      row.path === "" ? "(all)" : row.path,
      row.kind,
      extents(row.output),
      row.window,
      row.parameters === 0 ? "" : long(row.parameters),
      row.macs === 0 ? "" : short(row.macs),
      row.receptiveField.join("x"),
    ]),
  );
  const shown =
    rows.length <= mostLayers
      ? table
      : html`<details><summary>${rows.length} layers</summary>${table}</details>`;
  return section("Layers", shown);
}

export function settingsSection({ config }: RunRecord, measuredOn: string): Html {
  const { model, data, options, image, training } = config;
  const { on, engine, ...settings } = training;
  const rows = Object.entries({
    ...{ model, data, ...options, pictures: image.shape.join("x"), ...image.normalization, ...settings },
  }).map(([name, value]) => [name, settingText(value)]);
  const engines = [
    ["trained on", settingText(on ?? engine ?? "")],
    ["measured for this report on", measuredOn],
  ];
  const columns = [{ title: "setting" }, { title: "value" }];
  return section(
    "Configuration",
    html`<div class="pair">${dataTable("What the run was started with", columns, rows)}${dataTable("What computed", [{ title: "" }, { title: "engine" }], engines)}</div>`,
  );
}

/** A setting as it is read: text and numbers as they are, all else as JSON. */
export function settingText(value: unknown): string {
  if (value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function extents([, ...rest]: readonly number[]): string {
  return rest.join("x");
}
