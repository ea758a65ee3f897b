import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serializeNpy } from "../../src/formats/npy.ts";
import { convnets, scratch } from "./cli.ts";

const folder = scratch();
const engine = ["--engine", "reference"];

describe("a data set that is damaged", () => {
  const data = join(folder, "mnist");
  const images = join(data, "train-images-idx3-ubyte");

  beforeAll(() => {
    mkdirSync(data);
    for (const name of ["train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
      writeFileSync(join(data, name), "");
  });

  it.each([
    ["is truncated", Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3)],
    ["is something else", new TextEncoder().encode("hello, this is no IDX file")],
    ["is empty", new Uint8Array()],
  ])("train says that the file %s, and makes no run", async (_, bytes) => {
    writeFileSync(images, bytes);
    const run = join(folder, "none");
    const { code, out, err } = await convnets(
      "train",
      "--no-report",
      "lenet5",
      "--data",
      `mnist:${data}`,
      ...engine,
      "--out",
      run,
    );
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(new RegExp(`^convnets: ${images}: .+\n$`));
    expect(readdirSync(folder)).not.toContain("none");
  });
});

describe("weights that are damaged", () => {
  const x = join(folder, "x.npy");
  const weights = join(folder, "w.safetensors");

  it("run names the file and writes nothing", async () => {
    writeFileSync(x, serializeNpy({ shape: [1, 1, 28, 28], data: new Float32Array(784) }));
    writeFileSync(weights, new Uint8Array(100).fill(1));
    const output = join(folder, "y.npy");
    const argv = ["run", "lenet5", "--weights", weights, "--input", x, "--output", output, ...engine];
    const { code, err } = await convnets(...argv);
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`^convnets: ${weights}: .*this is not a safetensors file\n$`));
    expect(readdirSync(folder)).not.toContain("y.npy");
  });

  it("evaluate says which file is not there", async () => {
    const { code, err } = await convnets("evaluate", `${weights}x`, "--model", "lenet5", ...engine);
    expect(code).toBe(2);
    expect(err).toBe(`convnets: ${weights}x: no such file; did you mean w.safetensors?\n`);
  });

  it("evaluate says that a folder is no run", async () => {
    const { code, err } = await convnets("evaluate", folder, ...engine);
    expect(code).toBe(2);
    expect(err).toBe(
      `convnets: ${folder}: holds no run, expected a folder that \`convnets train\` has written\n`,
    );
  });
});

describe.skipIf(!mayMount())("a disk of 64 KB (skipped: needs root to mount one)", () => {
  const disk = join(folder, "disk");

  beforeAll(() => {
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
  });
  afterAll(() => {
    execFileSync("umount", [disk]);
  });

  it("train says that it is full, exits with 1 and leaves no part of a file", async () => {
    const run = join(disk, "run");
    const argv = ["train", "lenet5", "--no-report", ...engine, "--steps", "1", "--batch", "8", "--out", run];
    const { code, err } = await convnets(...argv);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^convnets: cannot write .*\.safetensors \(\d+ bytes\): the disk is full; .* \(ENOSPC\)\n$/,
    );
    expect(readdirSync(run).filter((name) => name.endsWith(".tmp") || name.endsWith(".safetensors"))).toEqual(
      [],
    );
  });
});

/** Root inside a container may still lack the right to mount, so it is tried. */
function mayMount(): boolean {
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", tmpdir()], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
