// Every model out to ONNX, through ONNX Runtime, and in again: `node onnx.js [NAME...]`, after `npm run build` and
// `npm install` here. Where Debian's python3-onnx is installed, its checker reads every file too. Prints a line a
// model with the largest difference, as a share of the largest output, and fails above 1e-4.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { init, loadEngine, models, namedTensors, optimize, trace } from "../dist/index.js";
import { exportOnnx, importOnnx } from "../dist/onnx/index.js";

const allowed = 1e-4;
const checks = "import onnx, sys; onnx.checker.check_model(sys.argv[1], full_check=False)";
const checker = spawnSync("/usr/bin/python3", ["-c", "import onnx"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "convnets-onnx-"));
const engine = await loadEngine("auto");
const asked = process.argv.slice(2);
let failures = 0;
for (const [name, entry] of Object.entries(models)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const model = entry.create();
  const weights = startOf(model);
  const batch = 2;
  const x = Float32Array.from({ length: batch * product(model.input) }, (_, i) => Math.sin(i * 0.7) / 2);
  const ours = await run(model, weights, batch, x);
  for (const fold of [true, false]) {
    const bytes = await exportOnnx(model, weights, { name, fold });
    const path = join(folder, "model.onnx");
    writeFileSync(path, bytes);
    const verdict = checker
      ? spawnSync("/usr/bin/python3", ["-c", checks, path], { encoding: "utf8" })
      : { status: 0 };
    const session = await ort.InferenceSession.create(path, { logSeverityLevel: 3 });
    const fed = { x: new ort.Tensor("float32", x, [batch, ...model.input]) };
    const theirs = (await session.run(fed)).y.data;
    await session.release();
    const again = importOnnx(bytes);
    const back = await run(again, again.weights(), batch, x);
    const [out, home] = [apart(theirs, ours), apart(back, ours)];
    const good = out <= allowed && home <= allowed && verdict.status === 0;
    if (!good) failures++;
    const checked = checker
      ? verdict.status === 0
        ? "checked"
        : `refused: ${verdict.stderr.split("\n").at(-2)}`
      : "";
    const form = fold ? "folded" : "as it is";
    const line = [name.padEnd(26), form.padEnd(9), out.toExponential(1), home.toExponential(1), checked];
    console.log(good ? "ok  " : "FAIL", line.join("  "));
  }
}
rmSync(folder, { recursive: true });
process.exitCode = failures === 0 ? 0 : 1;

async function run(model, weights, batch, x) {
  const program = await engine.prepare(
    optimize(trace(model, { dtype: "f32", shape: [batch, ...model.input] })),
  );
  for (const [path] of namedTensors(model))
    if (weights.has(path) && wanted(program, path)) program.write(path, weights.get(path).data);
  return (await program.run({ x })).y.slice();
}

/** Heads for training are not part of the program. */
function wanted(program, path) {
  try {
    program.read(path);
    return true;
  } catch {
    return false;
  }
}

/** Start values, with statistics that are not the trivial ones. */
function startOf(model) {
  return new Map(
    [...namedTensors(model)].map(([path, { init: start, shape }]) => {
      const data = init.initialize(start, shape, path, 7);
      if (path.endsWith("running_mean")) for (let i = 0; i < data.length; i++) data[i] = Math.sin(i) / 20;
      if (path.endsWith("running_var")) for (let i = 0; i < data.length; i++) data[i] = 1 + Math.cos(i) / 4;
      return [path, { shape, data }];
    }),
  );
}

function product(list) {
  return list.reduce((a, b) => a * b, 1);
}

function apart(a, b) {
  let most = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    const error = Math.abs(a[i] - b[i]);
    most = error > most || Number.isNaN(error) ? error : most;
    size = Math.max(size, Math.abs(b[i]));
  }
  return a.length === b.length ? most / size : Number.POSITIVE_INFINITY;
}
