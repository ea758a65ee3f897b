import { Html, html } from "./html.ts";
import { style } from "./style.ts";

/** A page that needs no network and no script: its policy forbids both. */
export function page(title: string, body: Html | readonly Html[]): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}

export interface ColumnTitle {
  readonly title: string;
  /** Numbers stand on the right. Default false. */
  readonly isNumber?: boolean;
}

type Cell = string | number | Html;

/** A table that scrolls by itself where the page is too narrow for it. The first cell of a row names it. */
export function dataTable(
  caption: string,
  columns: readonly ColumnTitle[],
  rows: readonly (readonly Cell[])[],
): Html {
  const kind = (column: number) => (columns[column]?.isNumber ? "number" : "text");
  const cell = (value: Cell, column: number) => {
    if (value instanceof Html && value.text.startsWith("<t")) return value;
    return column === 0
      ? html`<th scope="row">${value}</th>`
      : html`<td class="${kind(column)}">${value}</td>`;
  };
  return scrolling(
    caption,
    html`<table><caption><span>${caption}</span></caption>
<thead><tr>${columns.map(({ title }, column) => html`<th scope="col" class="${kind(column)}">${title}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody></table>`,
  );
}

/** Content that may be wider than the page, and can be scrolled by keyboard too. */
export function scrolling(label: string, content: Html): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
}

export function section(title: string, ...content: readonly (Html | readonly Html[])[]): Html {
  return html`<section><h2>${title}</h2>${content}</section>\n`;
}

/** Numbers to be seen first. */
export function keyFigures(figures: readonly (readonly [name: string, value: string])[]): Html {
  return html`<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
