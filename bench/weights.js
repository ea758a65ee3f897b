import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

// Reading a checkpoint beside torch.load: `node weights.js FILE.pth [ROUNDS]`. Every reading is a process of its own; its
// peak memory is VmHWM less that of before. The file is in the page cache, since it was read before the first turn.

const [file, rounds = "5"] = process.argv.slice(2);
const self = fileURLToPath(import.meta.url);

/** The largest that this process has been, in bytes. */
function peak() {
  return 1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
}

/** @param {string} path */
async function readOnce(path) {
  const { readFile } = await import("../dist/files/readFile.js");
  const { parseWeights } = await import("../dist/formats/weights.js");
  const before = peak();
  const start = performance.now();
  const { tensors } = parseWeights(await readFile(path), path, { reuse: true });
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ seconds, bytes: peak() - before, tensors: tensors.size }));
}

const python = `
import json, sys, time, torch
def peak():
    return 1024 * int([line for line in open("/proc/self/status") if line.startswith("VmHWM")][0].split()[1])
before = peak()
start = time.perf_counter()
tensors = torch.load(sys.argv[1], map_location="cpu")
print(json.dumps({"seconds": time.perf_counter() - start, "bytes": peak() - before, "tensors": len(tensors)}))
`;

/** @param {string} path */
function compare(path) {
  const commands = {
    convnets: [process.execPath, self, path, "once"],
    "torch.load": [process.env.PYTHON ?? "python3", "-c", python, path],
  };
  const size = statSync(path).size;
  readFileSync(path);
  /** @type {[name: string, turns: { seconds: number, bytes: number }[]][]} */
  const found = Object.keys(commands).map((name) => [name, []]);
  for (let round = 0; round < Number(rounds); round++)
    for (const [place, [command = "", ...args]] of Object.values(commands).entries())
      found[place]?.[1].push(JSON.parse(execFileSync(command, args, { encoding: "utf8" })));
  for (const [name, turns] of found) {
    const times = turns.map(({ seconds }) => seconds).sort((a, b) => a - b);
    const bytes = Math.max(...turns.map((turn) => turn.bytes));
    const median = times[Math.floor(times.length / 2)] ?? Number.NaN;
    console.log(
      `${name}: ${median.toFixed(3)} s (${times[0]?.toFixed(3)} to ${times.at(-1)?.toFixed(3)}), ${(bytes / size).toFixed(2)} of the file's ${size} bytes`,
    );
  }
}

if (file === undefined) console.error("Usage: node weights.js FILE.pth [ROUNDS]");
else if (rounds === "once") await readOnce(file);
else compare(file);
