import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { definitions } from "../../src/transforms/definitions.ts";

const text = readFileSync(new URL("../../docs/transforms.md", import.meta.url), "utf8");

/** A number, also as a fraction; a list of them; true, false, null; or a word. */
function parsed(written: string): unknown {
  if (/^\[.*\]$/.test(written)) return written.slice(1, -1).split(", ").map(parsed);
  const [, above, below] = /^([\d.]+)\/([\d.]+)$/.exec(written) ?? [];
  if (above !== undefined) return Number(above) / Number(below);
  return /^(-?[\d.]+|true|false|null)$/.test(written) ? JSON.parse(written) : written;
}

it("docs/transforms.md lists every transform with its parameters and their defaults", () => {
  const rows = [...text.matchAll(/^\| `(\w+)` +\| (.*?) +\|$/gm)].map(([, name, cell = ""]) => {
    const parameters = [...cell.matchAll(/`(\w+)`([^`]*)/g)].map(([, key, rest = ""]) => {
      const written = rest
        .replace(/\(or.*\)/, "")
        .replace(/, (of .*)?$/, "")
        .trim();
      return [key, written === "" ? undefined : parsed(written)];
    });
    return [name, parameters];
  });
  const wanted = Object.entries(definitions).map(([name, { parameters }]) => [
    name,
    Object.entries<{ default?: unknown }>(parameters).map(([key, { default: usual }]) => [key, usual]),
  ]);
  expect(rows).toEqual(wanted);
});
