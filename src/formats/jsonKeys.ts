const quoteMark = 0x22;
const backslash = 0x5c;

/** A key that stands twice in one object of `json`, valid JSON text; `JSON.parse` would silently keep the last. */
export function duplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let pending: string | undefined;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') {
      const end = stringEnd(json, at);
      // A key of an object that is not open yet, or an array's text, never meets a colon.
      pending = json.slice(at, end + 1);
      at = end;
    } else if (character === ":" && pending !== undefined) {
      const key: unknown = JSON.parse(pending);
      const keys = open.at(-1);
      if (typeof key !== "string" || keys === undefined) continue;
      if (keys.has(key)) return key;
      keys.add(key);
    } else if (character === "{") open.push(new Set());
    else if (character === "[") open.push(undefined);
    else if (character === "}" || character === "]") open.pop();
  }
  return undefined;
}

/** Where the string that starts at `start` has its closing mark. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json.charCodeAt(at) !== quoteMark)
    at += json.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}
