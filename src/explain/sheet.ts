import { escapeMarkup } from "../ir/markup.ts";

/** A picture with its name, as a `data:` URI. */
export interface Plate {
  readonly title: string;
  readonly uri: string;
  /** In pixels; small pictures are enlarged. */
  readonly width: number;
  readonly height: number;
}

/** Numbers in rows; the first cell of a row says what they are of. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Pictures that belong together, and what there is to say of them. */
export interface Section {
  readonly title: string;
  /** Lines above the pictures. */
  readonly lines: readonly string[];
  readonly plates: readonly Plate[];
  /** Below the pictures; on pages alone. */
  readonly table?: Table;
}

/** A section with others after it. */
export interface Page extends Section {
  readonly sections?: readonly Section[];
}

const side = 224;
const gap = 16;
const caption = 24;

/** A contact sheet as SVG: all plates with their names under them, four in a row, one section below the other. */
export function contactSheet(page: Page): string {
  const sections = sectionsOf(page);
  const columns = Math.min(4, Math.max(1, ...sections.map(({ plates }) => plates.length)));
  const longest = Math.max(
    ...sections.flatMap(({ title, lines }) => [1.5 * title.length, ...lines.map(({ length }) => length)]),
  );
  // About seven pixels a letter.
  const width = Math.max(
    columns * (side + gap) + gap,
    Math.min(4 * (side + gap) + gap, 7 * longest + 2 * gap),
  );
  let top = 0;
  const drawn: string[] = [];
  for (const { title, lines, plates } of sections) {
    drawn.push(text(gap, top + gap + 16, title, 'font-size="18" font-weight="bold"'));
    lines.forEach((line, index) => {
      drawn.push(text(gap, top + gap + 40 + 20 * index, line));
    });
    top += gap + 28 + 20 * lines.length;
    plates.forEach(({ title: name, uri }, index) => {
      const x = gap + (index % columns) * (side + gap);
      const y = top + Math.floor(index / columns) * (side + caption + gap);
      drawn.push(
        `<image x="${x}" y="${y}" width="${side}" height="${side}" href="${escapeMarkup(uri)}"/>`,
        text(x + side / 2, y + side + 17, name, 'text-anchor="middle"'),
      );
    });
    top += Math.ceil(plates.length / columns) * (side + caption + gap);
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" font-family="sans-serif" font-size="13" fill="#222">`,
    `<rect width="${width}" height="${top}" fill="white"/>`,
    ...drawn,
    "</svg>",
  ].join("\n");
}

function text(x: number, y: number, content: string, style = ""): string {
  return `<text x="${x}" y="${y}"${style === "" ? "" : ` ${style}`}>${escapeMarkup(content)}</text>`;
}

function sectionsOf({ sections = [], ...first }: Page): readonly Section[] {
  return [first, ...sections];
}

/** The same as an HTML page that needs nothing beside it. */
export function explanationPage(page: Page): string {
  const [first, ...others] = sectionsOf(page);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeMarkup(page.title)}</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 68rem; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.4rem }
  h2 { font-size: 1.2rem; margin-top: 2.5rem }
  .plates { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem }
  figure { margin: 0; text-align: center }
  figcaption { overflow-wrap: anywhere }
  img { width: 100%; image-rendering: pixelated; border-radius: 4px }
  .wide { overflow-x: auto }
  table { border-collapse: collapse; margin-top: 1rem; font-variant-numeric: tabular-nums }
  th, td { padding: 0.15rem 0.75rem 0.15rem 0; text-align: right; white-space: nowrap }
  th:first-child { text-align: left; font-weight: normal }
  thead th { border-bottom: 1px solid; font-weight: bold }
  thead th:first-child { font-weight: bold }
  @media print { figure, tr { break-inside: avoid } }
</style>
<main>
${first ? htmlOf(first, "h1") : ""}
${others.map((section) => htmlOf(section, "h2")).join("\n")}
</main>
</html>
`;
}

function htmlOf({ title, lines, plates, table }: Section, heading: "h1" | "h2"): string {
  const figures = plates.map(
    ({ title: name, uri }) =>
      `<figure><img src="${escapeMarkup(uri)}" alt="${escapeMarkup(name)}"><figcaption>${escapeMarkup(name)}</figcaption></figure>`,
  );
  return [
    `<${heading}>${escapeMarkup(title)}</${heading}>`,
    ...lines.map((line) => `<p>${escapeMarkup(line)}</p>`),
    ...(figures.length > 0 ? [`<div class="plates">`, ...figures, "</div>"] : []),
    ...(table ? [tableOf(table, title)] : []),
  ].join("\n");
}

function tableOf({ head, rows }: Table, label: string): string {
  const body = rows.map(
    ([first = "", ...cells]) =>
      `<tr><th scope="row">${escapeMarkup(first)}</th>${cells.map((cell) => `<td>${escapeMarkup(cell)}</td>`).join("")}</tr>`,
  );
  // Reachable by keyboard, since it may be wider than the page.
  return `<div class="wide" tabindex="0" role="region" aria-label="${escapeMarkup(label)}"><table>
<thead><tr>${head.map((cell) => `<th scope="col">${escapeMarkup(cell)}</th>`).join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table></div>`;
}
