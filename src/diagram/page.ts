import { escapeMarkup } from "../ir/markup.ts";
import type { Box } from "./boxes.ts";
import { countBoxes, type Group, type Part } from "./structure.ts";
import { colours } from "./svg.ts";

/** A network as an HTML page that needs nothing beside it, no script either: modules open and close. */
export function diagramPage(title: string, parts: readonly Part[]): string {
  const kinds = Object.entries(colours).map(
    ([category, [fill, edge]]) => `.${category} { background: ${fill}; border-color: ${edge} }`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>
  body { font: 13px/1.3 system-ui, sans-serif; color: #0f172a; background: #fff; margin: 1.5rem }
  h1 { font-size: 1.3rem; text-align: center }
  .series { display: flex; flex-direction: column; align-items: center }
  .parallel { display: flex; gap: 1.5rem; align-items: stretch; border: solid #64748b; border-width: 1.5px 0; padding: 0 1rem }
  .parallel > .series::before, .parallel > .series::after { content: ""; border-left: 1.5px solid #64748b; min-height: .9rem }
  .parallel > .series::after { flex: 1 }
  .shortcut { min-width: 2rem }
  .box { border: 1px solid; border-radius: 7px; padding: .35rem .8rem; text-align: center; min-width: 7rem }
  .join { border-radius: 1rem; min-width: 2rem }
  .box small { display: block; color: #475569 }
  .arrow { color: #475569; font-size: 11px; line-height: 1.5rem; text-align: center }
  details { border: 1px solid #cbd5e1; border-radius: 10px; background: #0f172a08; padding: .4rem .8rem }
  summary { cursor: pointer; font-weight: 600 }
  summary small { font-weight: 400; color: #475569 }
  ${kinds.join("\n  ")}
</style>
<h1>${escapeMarkup(title)}</h1>
${series(parts)}
</html>
`;
}

function series(parts: readonly Part[]): string {
  const lines = parts.flatMap((part, index) => {
    const last = index === parts.length - 1;
    const shape = part.kind === "parallel" ? "" : part.output.join("x");
    return last ? [markup(part)] : [markup(part), `<div class="arrow">↓ ${shape}</div>`];
  });
  return `<div class="series${parts.length === 0 ? " shortcut" : ""}">${lines.join("\n")}</div>`;
}

function markup(part: Part): string {
  if (part.kind === "box") return box(part);
  if (part.kind === "group") return group(part);
  return `<div class="parallel">${part.branches.map(series).join("\n")}</div>`;
}

function box({ path, title, note, category }: Box): string {
  const below = note === "" ? "" : `<small>${escapeMarkup(note)}</small>`;
  return `<div class="box ${category}" title="${escapeMarkup(path)}"><b>${escapeMarkup(title)}</b>${below}</div>`;
}

function group({ path, parts, output }: Group): string {
  const about = `${countBoxes(parts)} steps, puts out ${output.join("x")}`;
  return `<details open><summary>${escapeMarkup(path)} <small>${about}</small></summary>${series(parts)}</details>`;
}
