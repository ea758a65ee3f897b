// Writes the table of networks in docs/zoo.md from the compiled registry: `npm run build`, then `node scripts/zoo.js`.
// With --check it writes nothing and fails when the table is not what it would write.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { models, summarize } from "../dist/models/index.js";

const page = join(dirname(dirname(fileURLToPath(import.meta.url))), "docs", "zoo.md");
const [begin, end] = ["<!-- written by scripts/zoo.js -->", "<!-- end of what scripts/zoo.js writes -->"];

function main() {
  const text = readFileSync(page, "utf8");
  const [before, rest = ""] = text.split(begin);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error(`${page}: lacks the lines ${begin} and ${end}`);
  const current = [before, begin, "\n\n", tables(), "\n", end, after].join("");
  if (process.argv.includes("--check")) {
    if (text === current) return;
    console.error(
      "docs/zoo.md is not what the registry says: run `npm run build`, then `node scripts/zoo.js`",
    );
    process.exitCode = 1;
  } else writeFileSync(page, current);
}

/** A paper after the other, oldest first, each with a table of its networks. */
function tables() {
  const papers = new Map();
  for (const entry of Object.values(models).toSorted((a, b) => a.year - b.year))
    papers.set(entry.paper.url, [...(papers.get(entry.paper.url) ?? []), entry]);
  return [...papers.values()]
    .map((entries) => {
      const { year, paper } = entries[0];
      return `### ${year}: [${paper.title}](${paper.url})\n\n${table(entries.map(row))}\n`;
    })
    .join("\n");
}

const titles = ["network", "form", "input", "parameters", "multiply-adds", "activations", "sees", "depth"];

/** Lines of equal width, numbers on the right. */
function table(rows) {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells) =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(" | ")} |`;
  const rule = widths.map((width, column) => (column < 2 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(titles), line(rule), ...rows.map(line)].join("\n");
}

function row({ name, form, input, create }) {
  const { parameters, evaluationParameters, macs, activations, receptiveField, depth } = summarize(create());
  const [height, width] = receptiveField;
  return [
    `\`${name}\``,
    form,
    input.join("x"),
    parameters.toLocaleString("en-US") +
      (parameters === evaluationParameters ? "" : ` (${evaluationParameters.toLocaleString("en-US")})`),
    short(macs),
    short(activations),
    height === width ? `${height}` : `${height}x${width}`,
    `${depth}`,
  ];
}

/** Four figures and a unit. */
function short(value) {
  const [size, unit] = [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ].find(([least]) => value >= least) ?? [1, ""];
  return unit === "" ? `${value}` : `${(value / size).toPrecision(4)} ${unit}`;
}

main();
