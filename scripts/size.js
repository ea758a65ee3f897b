// Prints the gzipped size of what a page loads to run one network (scripts/size/page.js), weights aside, from a
// production build by Vite. Fails above the limit. Needs dist/: `npm run build`.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const limit = 120_000;
const folder = join(dirname(fileURLToPath(import.meta.url)), "size");

async function main() {
  const chunks = await chunksOf(join(folder, "page.js"));
  const entry = chunks.find(({ isEntry }) => isEntry);
  const engine = dynamic(chunks, "wasm/engine.js");
  const pool = dynamic(chunks, "wasm/pool.js");
  // A page loads one build of the kernels; the largest counts.
  const [kernels] = ["simd", "relaxed", "simdShared", "relaxedShared"]
    .map((name) => dynamic(chunks, `wasm/binaries/${name}.js`))
    .sort((a, b) => size(b) - size(a));

  const loaded = new Set([entry, engine, pool, kernels]);
  for (const { imports } of loaded)
    for (const name of imports) loaded.add(chunks.find(({ fileName }) => fileName === name));

  const total = [...loaded].reduce((sum, chunk) => sum + size(chunk), 0);
  for (const chunk of [...loaded].sort((a, b) => size(b) - size(a))) print(size(chunk), chunk.fileName);
  print(total, `in all, of at most ${limit}`);
  if (total > limit) process.exitCode = 1;
}

async function chunksOf(input) {
  const { output } = await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: { write: false, rolldownOptions: { input } },
  });
  return output.filter(({ type }) => type === "chunk");
}

/** The chunk that is loaded for the module whose path ends so. */
function dynamic(chunks, end) {
  const found = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(`engines/${end}`));
  if (!found) throw new Error(`the bundle has no chunk for ${end}`);
  return found;
}

function size({ code }) {
  return gzipSync(code).length;
}

function print(bytes, what) {
  console.log(`${`${bytes}`.padStart(7)} bytes  ${what}`);
}

await main();
