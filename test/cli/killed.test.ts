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
}, 120_000);

const available: string[] = [];
for (const name of engineNames.filter((name) => name !== "reference"))
  await loadEngine(name).then(
    () => available.push(name),
    () => {},
  );

describe.each(available)("on %s", (engine) => {
  const settings = [
    ...["lenet5", "--engine", engine, "--threads", "1", "--seed", "3", "--batch", "64", "--epochs", "2"],
    ...["--steps", "170", "--checkpoint-every", "7", "--augment", "cifar", "--mixup", "0.2", "--cutmix", "1"],
    ...["--ema", "0.99", "--quiet"],
  ];

  it(`a training that is killed ${kills} times ends with the bits of one that was not`, () => {
    const whole = join(folder, engine);
    // Algorithms are measured once and then known, as for every later training on a machine.
    expect(train([...settings, "--steps", "1", "--out", `${whole}-first`]).status).toBe(0);
    const uninterrupted = train([...settings, "--out", whole]);
    expect(uninterrupted).toMatchObject({ status: 0, stderr: "" });
    // Of a training on this machine as busy as it was: shorter when one gets by faster than it could be killed.
    let { milliseconds } = uninterrupted;
    const key = streamKey(1, 0);
    let killed = 0;
    let calls = 0;
    for (let round = 1; killed < kills; round++) {
      const run = join(folder, `${engine}-${round}`);
      let argv = [...settings, "--out", run];
      for (let ended = false, first = true; !ended; first = false) {
        const timeout = Math.ceil(milliseconds * (0.3 + 0.8 * uniform(key, calls++)));
        // The last one goes to its end, however long that takes.
        const { signal, status, stderr, ...spent } = train(argv, killed < kills ? timeout : undefined);
        ended = signal === null;
        if (ended) expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        else killed++;
        if (ended && first) milliseconds = Math.min(milliseconds, spent.milliseconds);
        if (isFile(join(run, "config.json"))) argv = ["--resume", run, "--quiet"];
      }
      for (const file of ["last.safetensors", "best.safetensors"])
        expect(tensorsOf(join(run, file)).equals(tensorsOf(join(whole, file))), file).toBe(true);
      expect(metricsOf(run)).toEqual(metricsOf(whole));
      expect(eventsOf(run).length).toBe(eventsOf(whole).length);
    }
  }, 600_000);
});

function train(argv: readonly string[], timeout?: number) {
  const start = performance.now();
  const { signal, status, stderr } = spawnSync(process.execPath, [program, "train", ...argv], {
    encoding: "utf8",
    ...(timeout !== undefined && { timeout, killSignal: "SIGKILL" }),
  });
  return { signal, status, stderr, milliseconds: performance.now() - start };
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
