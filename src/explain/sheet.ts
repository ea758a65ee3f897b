import { escapeMarkup } from "../ir/markup.ts";

/** A picture with its name, as a `data:` URI. */
export interface Plate {
  readonly title: string;
  readonly uri: string;
  /** In pixels; small pictures are enlarged. */
  readonly width: number;
  readonly height: number;
}

export interface Page {
  readonly title: string;
  /** Lines above the pictures. */
  readonly lines: readonly string[];
  readonly plates: readonly Plate[];
}

const side = 224;
const gap = 16;
const caption = 24;

/** A contact sheet as SVG: all plates with their names under them, four in a row. */
export function contactSheet({ title, lines, plates }: Page): string {
  const columns = Math.min(4, plates.length);
  const rows = Math.ceil(plates.length / columns);
  const width = columns * (side + gap) + gap;
  const top = gap + 28 + 20 * lines.length;
  const height = top + rows * (side + caption + gap);
  const cells = plates.map(({ title: name, uri }, index) => {
    const x = gap + (index % columns) * (side + gap);
    const y = top + Math.floor(index / columns) * (side + caption + gap);
    const image = `<image x="${x}" y="${y}" width="${side}" height="${side}" href="${escapeMarkup(uri)}"/>`;
    return `${image}<text x="${x + side / 2}" y="${y + side + 17}" text-anchor="middle">${escapeMarkup(name)}</text>`;
  });
  const above = lines.map(
    (line, index) => `<text x="${gap}" y="${gap + 40 + 20 * index}">${escapeMarkup(line)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="13" fill="#222">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<text x="${gap}" y="${gap + 16}" font-size="18" font-weight="bold">${escapeMarkup(title)}</text>`,
    ...above,
    ...cells,
    "</svg>",
  ].join("\n");
}

/** The same as an HTML page that needs nothing beside it. */
export function explanationPage({ title, lines, plates }: Page): string {
  const figures = plates.map(
    ({ title: name, uri }) =>
      `<figure><img src="${escapeMarkup(uri)}" alt="${escapeMarkup(name)}"><figcaption>${escapeMarkup(name)}</figcaption></figure>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 68rem; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.4rem }
  main { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem }
  figure { margin: 0; text-align: center }
  img { width: 100%; image-rendering: pixelated; border-radius: 4px }
</style>
<h1>${escapeMarkup(title)}</h1>
${lines.map((line) => `<p>${escapeMarkup(line)}</p>`).join("\n")}
<main>
${figures.join("\n")}
</main>
</html>
`;
}
