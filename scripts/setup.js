// Makes a fresh clone ready: npm packages, the kernels of the WebAssembly engine, oneDNN, the compiled library and the
// oneDNN engine's addon. Does only what is still to be done, and says what it can't do; everything but the addon is
// needed, so only that may be lacking. With --tests it also installs what some tests run: Chromium and ONNX Runtime.
// It needs nothing but Node and npm. CONVNETS_NO_INSTALL=1 keeps it from installing system packages.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === "win32";

function main() {
  installPackages("npm packages", root);
  // The library holds the kernels' modules; this does nothing when they are newer than their sources.
  must(process.execPath, ["scripts/kernels.js"]);
  const addonStale = isAddonStale();
  if (addonStale) installToolchain();
  if (isLibraryStale()) {
    console.error("Compiling the library ...");
    must("npx", ["--no-install", "tsc", "-p", "tsconfig.build.json"]);
  }
  if (isAppStale()) {
    console.error("Building the web application ...");
    must("npx", ["--no-install", "vite", "build", "app", "--logLevel", "error"]);
  }
  if (addonStale && run(process.execPath, ["scripts/addon.js"]).status !== 0)
    console.error(
      "Note: the oneDNN engine could not be built (see above); everything works without it, more slowly.",
    );
  if (process.argv.includes("--tests")) installForTests();
}

function installPackages(what, folder) {
  if (!olderThan(join(folder, "node_modules", ".package-lock.json"), [join(folder, "package-lock.json")]))
    return;
  console.error(`Installing ${what} ...`);
  must("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], folder);
}

function installForTests() {
  installPackages("ONNX Runtime", join(root, "test", "onnxruntime"));
  installChromium();
  installOnnxTests();
}

/** Every source has its output, and none is newer than it. */
function isLibraryStale() {
  const configuration = ["tsconfig.json", "tsconfig.build.json"].map((name) => join(root, name));
  return filesBelow(join(root, "src"))
    .filter((source) => source.endsWith(".ts") && !source.endsWith(".d.ts"))
    .some((source) => {
      const output = join(root, "dist", source.slice(join(root, "src").length).replace(/\.ts$/, ".js"));
      return olderThan(output, [source, ...configuration]);
    });
}

/** The application is bundled with the library it uses. */
function isAppStale() {
  const sources = [...filesBelow(join(root, "app")), ...filesBelow(join(root, "src"))];
  return olderThan(join(root, "dist", "app", "index.html"), sources);
}

function isAddonStale() {
  const sources = [...filesBelow(join(root, "native")), join(root, "scripts", "addon.js")];
  return olderThan(join(root, "build", "convnets.node"), sources);
}

/** A C++ compiler and oneDNN, by the system's package manager where it may be used. */
function installToolchain() {
  if (hasToolchain() || process.env.CONVNETS_NO_INSTALL === "1") return;
  if (process.platform === "darwin" && succeeds("brew", ["--version"])) {
    console.error("Installing oneDNN: brew install onednn libomp ...");
    run("brew", ["install", "--quiet", "onednn", "libomp"]);
  } else if (succeeds("apt-get", ["--version"])) {
    aptInstall("oneDNN", ["g++", "libdnnl-dev"]);
  }
  // What is still missing, scripts/addon.js says.
}

/** The browser that test/browser drives. Its tests say what they lack where there is none. */
function installChromium() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const found = process.env.CONVNETS_CHROMIUM || names.some((name) => succeeds(name, ["--version"]));
  if (found || process.env.CONVNETS_NO_INSTALL === "1" || !succeeds("apt-get", ["--version"])) return;
  aptInstall("Chromium", ["chromium"]);
}

/** ONNX's own test vectors, for test/onnx, where Debian's package has them. */
function installOnnxTests() {
  const there = process.env.ONNX_TESTDATA || existsSync("/usr/share/libonnx-testdata");
  if (there || process.env.CONVNETS_NO_INSTALL === "1" || !succeeds("apt-get", ["--version"])) return;
  aptInstall("ONNX's test vectors", ["libonnx-testdata"]);
}

/** Installs Debian packages where that needs no password, or says how. */
function aptInstall(what, packages) {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const command = `apt-get install ${packages.join(" ")}`;
  if (sudo.length > 0 && !succeeds("sudo", ["-n", "true"])) {
    console.error(`Note: ${what} is missing, and installing it needs a password: sudo ${command}`);
    return;
  }
  console.error(`Installing ${what}: ${command} ...`);
  // Without package lists, or with old ones, the first try fails.
  if (apt(sudo, ["install", ...packages]).status === 0) return;
  apt(sudo, ["update"]);
  const { status, output } = apt(sudo, ["install", ...packages]);
  if (status !== 0) console.error(output.trim().split("\n").slice(-4).join("\n"));
}

function hasToolchain() {
  const folders = ["/opt/homebrew/opt/onednn", "/usr/local/opt/onednn"].filter(existsSync);
  const { status } = spawnSync(
    process.env.CXX ?? "c++",
    [...folders.map((folder) => `-I${folder}/include`), "-x", "c++", "-E", "-"],
    { input: "#include <oneapi/dnnl/dnnl.hpp>\n", stdio: ["pipe", "ignore", "ignore"] },
  );
  return status === 0;
}

function apt(sudo, [command, ...packages]) {
  const options = ["-y", "-qq", ...(command === "install" ? ["--no-install-recommends"] : [])];
  const words = [
    ...sudo,
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    command,
    ...options,
    ...packages,
  ];
  const [program = "", ...args] = words;
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

/** Whether `target` is missing or older than one of `sources`. */
function olderThan(target, sources) {
  if (!existsSync(target)) return true;
  const made = statSync(target).mtimeMs;
  return sources.some((source) => existsSync(source) && statSync(source).mtimeMs > made);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function succeeds(program, args) {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** Runs a program; its output goes to stderr, as all that set-up says. */
function run(program, args, folder = root) {
  return spawnSync(program, args, {
    cwd: folder,
    stdio: ["ignore", 2, 2],
    shell: windows && program !== process.execPath,
  });
}

function must(program, args, folder = root) {
  const { status, error } = run(program, args, folder);
  if (status === 0) return;
  console.error(
    `Set-up stopped: \`${[program, ...args].join(" ")}\` ${error ? error.message : `ended with ${status}`}.`,
  );
  process.exit(1);
}

main();
