// Compiles the kernels of the WebAssembly engine: four variants of one module, each a generated file that holds it in
// base64, so that it travels with the code whatever loads or bundles it. The same sources give the same bytes.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, "kernels");
const target = join(root, "src", "engines", "wasm", "binaries");

/** The features of each variant beside plain SIMD. */
const variants = {
  simd: [],
  relaxed: ["relaxed-simd"],
  simdShared: ["threads"],
  relaxedShared: ["threads", "relaxed-simd"],
};

/** The module's bytes. */
export async function compile(variant) {
  const features = ["simd", ...variants[variant]];
  const shared = features.includes("threads");
  const options = [
    ["--runtime", "stub"],
    ["--optimizeLevel", "3"],
    ["--noAssert"],
    ["--importMemory"],
    ["--noExportMemory"],
    // A page holds 64 KiB, so this is all that 32 bits can address.
    shared ? ["--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"] : [],
    ...features.map((feature) => ["--enable", feature]),
  ];
  let binary;
  const { error, stderr } = await asc.main(["index.ts", "--outFile", "kernels.wasm", ...options.flat()], {
    readFile: (name) => {
      const path = join(sources, name);
      // AssemblyScript's decorator is no TypeScript on a function; in a comment's last line it is.
      return existsSync(path) ? readFileSync(path, "utf8").replaceAll(/@inline \*\/$/gm, "*/ @inline") : null;
    },
    writeFile: (name, contents) => {
      if (name === "kernels.wasm") binary = contents;
    },
    listFiles: () => [],
  });
  if (error || binary === undefined) throw new Error(`the kernels do not compile\n${stderr.toString()}`);
  return binary;
}

async function main() {
  const files = readdirSync(sources)
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(sources, name));
  const made = [...Object.keys(variants), "names"].map((name) => join(target, `${name}.ts`));
  const newest = Math.max(...[...files, fileURLToPath(import.meta.url)].map(time));
  if (made.every((path) => existsSync(path) && time(path) > newest)) return;
  console.error(`Compiling the kernels of the WebAssembly engine ...`);
  mkdirSync(target, { recursive: true });
  for (const variant of Object.keys(variants)) {
    const binary = await compile(variant);
    const text = Buffer.from(binary).toString("base64");
    generate(variant, `const base64: string =\n  "${text}";\nexport default base64;`);
    if (variant === "simd") generate("names", namesOf(binary, files));
  }
}

/**
 * The type of the kernels' names, so that the type checker knows which there are. What is said to be `@noinline` is
 * exported for that alone: the optimiser leaves exported functions whole.
 */
function namesOf(binary, files) {
  const texts = files.map((path) => readFileSync(path, "utf8"));
  const parts = texts.flatMap((text) =>
    [...text.matchAll(/@noinline\s*\*\/\nexport function (\w+)/g)].map(([, name]) => name),
  );
  const names = WebAssembly.Module.exports(new WebAssembly.Module(binary))
    .filter(({ kind, name }) => kind === "function" && name !== "barrier" && !parts.includes(name))
    .map(({ name }) => name)
    .sort();
  return `export type KernelName =\n${names.map((name) => `  | "${name}"`).join("\n")};`;
}

function generate(name, text) {
  writeFileSync(join(target, `${name}.ts`), `// Made by scripts/kernels.js from kernels/.\n${text}\n`);
}

function time(path) {
  return statSync(path).mtimeMs;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
