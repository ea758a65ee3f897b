import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { engineNames, loadEngine } from "../../src/engines/auto.ts";
import { streamKey, uniform } from "../../src/ir/random.ts";
import { scratch } from "./cli.ts";

// Trainings that are killed, in processes of their own.

const root = join(import.meta.dirname, "..", "..");
const program = join(root, "dist", "cli", "main.js");
const folder = scratch();
const kills = 10;

beforeAll(() => {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const built = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { cwd: root });
  expect(built.status).toBe(0);
});

const available: string[] = [];
for (const name of engineNames.filter((name) => name !== "reference"))
  await loadEngine(name).then(
    () => available.push(name),
    () => {},
  );

describe.each(available)("on %s", (engine) => {
  const settings = [
    ...["lenet5", "--engine", engine, "--seed", "3", "--batch", "64", "--epochs", "2", "--steps", "170"],
    ...["--checkpoint-every", "7", "--augment", "cifar", "--quiet"],
  ];

  it(`a training that is killed ${kills} times ends with the bits of one that was not`, () => {
    const whole = join(folder, engine);
    // Algorithms are measured once and then known, as for every later training on a machine.
    expect(train([...settings, "--steps", "1", "--out", `${whole}-first`]).status).toBe(0);
    const start = performance.now();
    expect(train([...settings, "--out", whole])).toMatchObject({ status: 0, stderr: "" });
    const milliseconds = performance.now() - start;
    const key = streamKey(1, 0);
    let killed = 0;
    let calls = 0;
    for (let round = 1; killed < kills; round++) {
      const run = join(folder, `${engine}-${round}`);
      let argv = [...settings, "--out", run];
      for (let ended = false; !ended; ) {
        const timeout = Math.ceil(milliseconds * (0.3 + 0.8 * uniform(key, calls++)));
        const { signal, status, stderr } = train(argv, timeout);
        ended = signal === null;
        if (ended) expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        else killed++;
        if (isFile(join(run, "config.json"))) argv = ["--resume", run, "--quiet"];
      }
      for (const file of ["last.safetensors", "best.safetensors"])
        expect(tensorsOf(join(run, file)).equals(tensorsOf(join(whole, file))), file).toBe(true);
      expect(metricsOf(run)).toEqual(metricsOf(whole));
      expect(eventsOf(run).length).toBe(eventsOf(whole).length);
    }
  }, 120_000);
});

function train(argv: readonly string[], timeout?: number) {
  return spawnSync(process.execPath, [program, "train", ...argv], {
    encoding: "utf8",
    ...(timeout !== undefined && { timeout, killSignal: "SIGKILL" }),
  });
}

/** The data of a safetensors file: its header holds times. */
function tensorsOf(path: string): Buffer {
  const bytes = readFileSync(path);
  return bytes.subarray(8 + Number(bytes.readBigUInt64LE(0)));
}

/** Without what depends on how fast it went. */
function metricsOf(run: string): readonly unknown[] {
  const lines = readFileSync(join(run, "metrics.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const { seconds: _, waiting: __, imagesPerSecond: ___, ...rest } = JSON.parse(line);
    return rest;
  });
}

function eventsOf(run: string): Buffer {
  return readFileSync(join(run, "events.out.tfevents.1.convnets"));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
