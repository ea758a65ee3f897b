import { escapeMarkup } from "../ir/markup.ts";

/** Markup that is safe to put into a page as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | readonly Part[];

/** Markup from a template: what is put in is escaped, in text and in quoted attributes, unless it is markup already. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(
    literals.reduce((text, literal, index) => `${text}${render(parts[index - 1] ?? "")}${literal}`),
  );
}

function render(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === "string" || typeof part === "number") return escapeMarkup(`${part}`);
  return part.map(render).join("");
}
