import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

it("the program in docs/explain.md is examples/explain.ts", () => {
  const [, ...lines] = read("examples/explain.ts").split("\n");
  const published = lines
    .join("\n")
    .replace("../src/explain/index.ts", "convnets/explain")
    .replace("../src/index.ts", "convnets")
    .replace("../src/node.ts", "convnets/node");
  expect(read("docs/explain.md")).toContain(`\`\`\`ts\n${published.trim()}\n\`\`\``);
});

it("it says which pixel speaks most for the answer", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "./test/typescript.js", "examples/explain.ts"],
    { cwd: fileURLToPath(root) },
  );
  expect(stdout).toMatch(
    /^\d: the score rises from -?[\d.]+ to [\d.]+, most of all for row \d+, column \d+\n$/,
  );
}, 120_000);
