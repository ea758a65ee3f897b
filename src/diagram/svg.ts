import { escapeMarkup } from "../ir/markup.ts";
import type { Category } from "./boxes.ts";
import type { Drawing, Line } from "./layout.ts";

/** Fill and edge of each kind of box; text is dark on all of them. */
export const colours: Readonly<Record<Category, readonly [fill: string, edge: string]>> = {
  input: ["#ffffff", "#64748b"],
  convolution: ["#dbeafe", "#3b82f6"],
  pooling: ["#fee2e2", "#ef4444"],
  connection: ["#ede9fe", "#8b5cf6"],
  join: ["#fef3c7", "#d97706"],
  other: ["#f1f5f9", "#64748b"],
  modules: ["#dcfce7", "#16a34a"],
};

/** The last stretch of a line that changes its column. */
const bend = 24;

/** A drawing as an SVG file that needs nothing beside it. */
export function svg({ width, height, boxes, frames, lines }: Drawing, title: string): string {
  const size = (value: number) => Math.round(value * 10) / 10;
  const depth = new Map(
    frames.map((frame, index) => [
      frame,
      frames.slice(0, index).filter((outer) => contains(outer, frame)).length,
    ]),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size(width)} ${size(height)}" width="${size(width)}" height="${size(height)}" font-family="system-ui, sans-serif" role="img" aria-label="${escapeMarkup(title)}">`,
    `<title>${escapeMarkup(title)}</title>`,
    `<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#64748b"/></marker></defs>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...frames.map((frame) => {
      const fill = (depth.get(frame) ?? 0) % 2 === 0 ? "#f8fafc" : "#f1f5f9";
      const rect = `<rect x="${size(frame.x)}" y="${size(frame.y)}" width="${size(frame.width)}" height="${size(frame.height)}" rx="10" fill="${fill}" stroke="#cbd5e1"/>`;
      return `${rect}<text x="${size(frame.x + 12)}" y="${size(frame.y + 19)}" font-size="12" font-weight="600" fill="#475569">${escapeMarkup(frame.path)}</text>`;
    }),
    `<g fill="none" stroke="#64748b" stroke-width="1.4">`,
    ...lines.map((line) => `<path d="${pathOf(line)}"${line.arrow ? ' marker-end="url(#arrow)"' : ""}/>`),
    "</g>",
    `<g font-size="11" fill="#475569">`,
    ...lines
      .filter(({ label }) => label !== "")
      .map(
        (line) =>
          `<text x="${size(line.x1 + 6)}" y="${size(line.y1 + 13)}" stroke="#ffffff" stroke-width="3" paint-order="stroke">${escapeMarkup(line.label)}</text>`,
      ),
    "</g>",
    ...boxes.map(({ x, y, width: wide, height: high, title: name, note, path, category }) => {
      const [fill, edge] = colours[category];
      const middle = size(x + wide / 2);
      const round = category === "join" ? high / 2 : 7;
      const rect = `<rect x="${size(x)}" y="${size(y)}" width="${size(wide)}" height="${size(high)}" rx="${round}" fill="${fill}" stroke="${edge}"/>`;
      const joined = name === "+" && note !== "" ? `+  ${note}` : name;
      const below = name === "+" ? "" : note;
      const first = `<text x="${middle}" y="${size(y + (below === "" ? high / 2 + 4.5 : 19))}" text-anchor="middle" font-size="13" font-weight="600" fill="#0f172a">${escapeMarkup(joined)}</text>`;
      const second =
        below === ""
          ? ""
          : `<text x="${middle}" y="${size(y + 36)}" text-anchor="middle" font-size="11" fill="#475569">${escapeMarkup(below)}</text>`;
      return `<g><title>${escapeMarkup(path || "the network")}</title>${rect}${first}${second}</g>`;
    }),
    "</svg>",
    "",
  ].join("\n");
}

function pathOf({ x1, y1, x2, y2 }: Line): string {
  const [a, b, c, d] = [x1, y1, x2, y2].map((value) => Math.round(value * 10) / 10);
  if (a === c) return `M${a} ${b}V${d}`;
  const from = Math.max(y1, y2 - bend);
  const middle = Math.round((from + y2) * 5) / 10;
  return `M${a} ${b}V${Math.round(from * 10) / 10}C${a} ${middle} ${c} ${middle} ${c} ${d}`;
}

function contains(outer: Drawing["frames"][number], inner: Drawing["frames"][number]): boolean {
  return (
    outer.y < inner.y &&
    inner.y + inner.height < outer.y + outer.height &&
    outer.x <= inner.x &&
    inner.x + inner.width <= outer.x + outer.width
  );
}
