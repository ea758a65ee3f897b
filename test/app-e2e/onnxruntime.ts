import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./application.ts";

const program = join(root, "test", "onnxruntime", "run.js");

/** What ONNX Runtime makes of pictures, of shape `[pictures, channels, height, width]`. */
export function runOnnx(
  model: Uint8Array,
  shape: readonly number[],
  data: ArrayLike<number>,
): readonly number[] {
  const folder = mkdtempSync(join(tmpdir(), "convnets-app-"));
  try {
    const file = join(folder, "model.onnx");
    writeFileSync(file, model);
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, file], {
      input: JSON.stringify({ shape, data: Array.from(data) }),
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`ONNX Runtime: ${stderr}; \`npm test\` installs it`);
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
