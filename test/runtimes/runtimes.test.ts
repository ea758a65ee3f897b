import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Project } from "../project.ts";

const binary = (name: string) => join(import.meta.dirname, "..", "..", "node_modules", ".bin", name);

let project: Project;
beforeAll(() => {
  project = new Project("test/runtimes/train.js");
});
afterAll(() => project.remove());

describe.each([1, 2])("training on wasm, threads: %s", (threads) => {
  let expected: readonly number[] = [];
  beforeAll(() => {
    expected = losses(process.execPath, ["train.js", `${threads}`]);
  });

  test("the loss falls", () => {
    expect(expected).toHaveLength(16);
    expect(expected.at(-1)).toBeLessThan(0.9 * (expected[0] ?? 0));
  });

  // Deno runs it without any permission.
  test.each([
    ["Deno", "deno", ["run", "--no-prompt"]],
    ["Bun", "bun", ["run"]],
  ])("%s gives Node's numbers, and ends", (_, name, args) => {
    expect(losses(binary(name), [...args, "train.js", `${threads}`])).toEqual(expected);
  });
});

function losses(command: string, args: readonly string[]): readonly number[] {
  const { stdout, stderr, status, error } = spawnSync(command, args, {
    cwd: project.folder,
    encoding: "utf8",
    shell: process.platform === "win32",
    timeout: 50_000,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
