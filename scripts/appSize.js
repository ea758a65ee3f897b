// Prints the gzipped size of the scripts that each page of the web application loads before a network runs, and apart
// from that of the workers that it starts later, from a production build. Fails where a page is above the limit. Needs
// dist/: `npm run build`.
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const limit = 250_000;
const app = join(dirname(dirname(fileURLToPath(import.meta.url))), "app");

async function main() {
  const { output } = await build({
    root: app,
    configFile: join(app, "vite.config.ts"),
    logLevel: "error",
    build: { write: false },
  });
  const chunks = new Map(
    output.filter(({ type }) => type === "chunk").map((chunk) => [chunk.fileName, chunk]),
  );
  const entry = [...chunks.values()].find(({ isEntry }) => isEntry);
  const pages = entry.dynamicImports.filter((name) => /\/page\.tsx$/.test(chunks.get(name).facadeModuleId));
  for (const page of pages) {
    const loaded = withImports([entry.fileName, page], chunks);
    const total = loaded.reduce((sum, name) => sum + size(chunks.get(name).code), 0);
    print(total, `page ${basename(dirname(chunks.get(page).facadeModuleId))}, of at most ${limit}`);
    if (total > limit) process.exitCode = 1;
  }
  // Workers are built by themselves, so that Vite hands them on as assets.
  for (const { type, fileName, source } of output)
    if (type === "asset" && fileName.endsWith(".js")) print(size(source), `worker ${fileName}`);
}

/** The chunks and all that they import before they run. */
function withImports(names, chunks) {
  const loaded = new Set(names);
  for (const name of loaded) for (const other of chunks.get(name).imports) loaded.add(other);
  return [...loaded];
}

function size(code) {
  return gzipSync(code).length;
}

function print(bytes, what) {
  console.log(`${`${bytes}`.padStart(7)} bytes  ${what}`);
}

await main();
