/** A place in a folder or an archive, harmless: its parts without what leads out, hides or breaks lines. */
export function partsOf(path: string): readonly string[] {
  return path
    .split(/[/\\]/)
    .map(plain)
    .filter((part) => part !== "" && part !== "." && part !== ".." && !/^[a-z]:$/i.test(part));
}

/** The folder that a picture lies in, which names its class, or undefined where it lies in none. */
export function folderOf(path: string): string | undefined {
  return partsOf(path).at(-2);
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return partsOf(path).at(-1) ?? "picture";
}

/** Whether a name is a picture's that browsers can read, and not one that systems put beside pictures. */
export function isPictureName(path: string): boolean {
  const parts = partsOf(path);
  const hidden = parts.some((part) => part.startsWith(".") || part === "__MACOSX");
  return !hidden && /\.(jpe?g|jpe|jfif|png|webp|avif|gif|bmp)$/i.test(parts.at(-1) ?? "");
}

export function isZipName(path: string): boolean {
  return /\.zip$/i.test(path);
}

/** Text of a file's as one short line, without characters that nobody sees or that turn the reading direction. */
export function plain(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu, "")
    .trim()
    .slice(0, 80);
}
