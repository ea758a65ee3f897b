const longest = 80;

/** Text from a file, fit for an error message: in quotes, control characters escaped, cut when long. */
export function quote(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return visible(JSON.stringify(cut));
}

/** Text from a file, fit for a terminal: control characters escaped. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
