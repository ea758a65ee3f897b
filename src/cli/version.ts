import { fileURLToPath } from "node:url";
import { readFile } from "../files/readFile.ts";

/** The version of this package, from its package.json. */
export async function version(): Promise<string> {
  const path = fileURLToPath(new URL("../../package.json", import.meta.url));
  const found: unknown = JSON.parse(new TextDecoder().decode(await readFile(path)));
  const known = typeof found === "object" && found !== null && "version" in found;
  return known ? `${found.version}` : "unknown";
}
