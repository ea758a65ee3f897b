// Builds the addon of the oneDNN engine, where a C++ compiler and oneDNN are there. Without them everything else
// still works, on another engine, so this says what is missing and ends well.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sanitize = process.argv.includes("--sanitize");
const target = join(root, "build", sanitize ? "convnets-sanitized.node" : "convnets.node");
const sources = readdirSync(join(root, "native")).filter((name) => name.endsWith(".cc"));

/** Homebrew's folder on macOS; on Linux the compiler finds the package by itself. */
const prefixes = ["/opt/homebrew/opt/onednn", "/usr/local/opt/onednn"].filter(existsSync);
const macos = process.platform === "darwin";
const libomp = ["/opt/homebrew/opt/libomp", "/usr/local/opt/libomp"].filter(existsSync);

const compiler = process.env.CXX ?? "c++";
const openmp = macos
  ? ["-Xpreprocessor", "-fopenmp", ...libomp.map((folder) => `-I${folder}/include`)]
  : ["-fopenmp"];
const flags = [
  "-std=c++17",
  "-O3",
  "-fPIC",
  "-fvisibility=hidden",
  "-fno-math-errno",
  "-ffp-contract=fast",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-DNAPI_VERSION=8",
  "-DNAPI_CPP_EXCEPTIONS",
  "-DNODE_GYP_MODULE_NAME=convnets",
  ...openmp,
  ...(sanitize ? ["-fsanitize=address", "-fno-omit-frame-pointer", "-g"] : []),
];

function main() {
  const missing = whatIsMissing();
  if (missing !== undefined) {
    console.error(`Note: the oneDNN engine is not built: ${missing}`);
    console.error("      Everything works without it, more slowly. `npx convnets doctor` shows the engines.");
    return;
  }
  if (upToDate()) return;
  const objects = join(root, "build", sanitize ? "objects-sanitized" : "objects");
  mkdirSync(objects, { recursive: true });
  const include = headers();
  console.error(`Building the oneDNN engine (${sources.length} files) ...`);
  for (const source of sources) {
    const object = join(objects, source.replace(/\.cc$/, ".o"));
    if (fresh(object, join(root, "native", source))) continue;
    run([...flags, ...include, "-c", join(root, "native", source), "-o", object]);
  }
  const linked = [
    "-shared",
    ...(macos
      ? ["-undefined", "dynamic_lookup", ...libomp.map((folder) => `-L${folder}/lib`), "-lomp"]
      : ["-fopenmp"]),
    ...(sanitize ? ["-fsanitize=address"] : []),
    ...sources.map((source) => join(objects, source.replace(/\.cc$/, ".o"))),
    ...prefixes.map((folder) => `-L${folder}/lib`),
    "-ldnnl",
  ];
  run([...linked, "-o", `${target}.new`]);
  renameSync(`${target}.new`, target);
}

function whatIsMissing() {
  if (spawnSync(compiler, ["--version"], { stdio: "ignore" }).status !== 0)
    return `there is no C++ compiler (tried \`${compiler}\`; on Debian and Ubuntu: apt-get install g++)`;
  const probe = spawnSync(
    compiler,
    [...prefixes.map((folder) => `-I${folder}/include`), "-x", "c++", "-E", "-"],
    {
      input: "#include <oneapi/dnnl/dnnl.hpp>\n",
      stdio: ["pipe", "ignore", "ignore"],
    },
  );
  if (probe.status !== 0)
    return `oneDNN is not installed (${macos ? "brew install onednn libomp" : "on Debian and Ubuntu: apt-get install libdnnl-dev"})`;
  return undefined;
}

function headers() {
  const require = createRequire(import.meta.url);
  const api = dirname(require.resolve("node-api-headers/package.json"));
  const wrapper = dirname(require.resolve("node-addon-api/package.json"));
  return [join(api, "include"), wrapper, ...prefixes.map((folder) => `${folder}/include`)].flatMap(
    (folder) => ["-isystem", folder],
  );
}

function newest(...paths) {
  return Math.max(...paths.map((path) => statSync(path).mtimeMs));
}

const native = join(root, "native");
const headerFiles = readdirSync(native)
  .filter((name) => name.endsWith(".h"))
  .map((name) => join(native, name));

function fresh(object, source) {
  return (
    existsSync(object) &&
    statSync(object).mtimeMs > newest(source, fileURLToPath(import.meta.url), ...headerFiles)
  );
}

function upToDate() {
  return existsSync(target) && sources.every((source) => fresh(target, join(native, source)));
}

function run(args) {
  const { status, error } = spawnSync(compiler, args, { stdio: "inherit", cwd: root });
  if (status === 0) return;
  rmSync(`${target}.new`, { force: true });
  throw error ?? new Error(`${compiler} ended with ${status}`);
}

main();
