import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";

// The compiled program, as `npx convnets` starts it.

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(root, "dist", "cli", "main.js");

beforeAll(() => {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const built = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(built).toMatchObject({ status: 0, stdout: "" });
});

it("models --json: JSON on stdout, nothing on stderr, exit code 0", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "models", "--json"], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(JSON.parse(stdout).length).toBeGreaterThan(3);
});

it("docs/zoo.md has the table of the registry as it is", () => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, "scripts", "zoo.js"), "--check"], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

it("a mistake: one line on stderr, exit code 2", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "summary", "lenet6"], {
    encoding: "utf8",
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/^convnets: there is no model "lenet6"\..*\n$/);
});

it("a pipe that closes early is no failure", () => {
  const command = `"${process.execPath}" "${program}" summary googlenet_article | head -1`;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
  expect({ status, stdout, stderr }).toMatchObject({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^layer /);
});
