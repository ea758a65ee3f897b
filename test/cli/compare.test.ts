import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { convnets, scratch, withIo } from "./cli.ts";

const folder = scratch();
const [one, two, same] = [join(folder, "one"), join(folder, "two"), join(folder, "same")];

beforeAll(async () => {
  const training = ["--engine", "reference", "--steps", "4", "--batch", "8", "--quiet", "--no-report"];
  await convnets("train", "mlp", ...training, "--out", one);
  await convnets("train", "lenet5", ...training, "--rate", "0.01", "--out", two);
  cpSync(one, same, { recursive: true });
});

describe("compare", () => {
  it("a column a run: what it came to and the settings that differ, no others", async () => {
    const { code, out } = await convnets("compare", one, two);
    expect(code).toBe(0);
    expect(out).toMatch(/^run +one +two\n/);
    expect(out).toMatch(/\nmodel +mlp +lenet5\n/);
    expect(out).toMatch(/\nparameters +235,146 +61,706\n/);
    expect(out).toMatch(/\nbest top-1 +[\d.]+ % +[\d.]+ %\n/);
    expect(out).toMatch(/\nrate +0\.03 +0\.01\n/);
    expect(out).not.toContain("momentum");
  });

  it("--json has the same as numbers", async () => {
    const { out } = await convnets("compare", one, two, "--json");
    expect(JSON.parse(out)).toMatchObject({
      runs: [
        { run: one, model: "mlp", data: "digits", epochs: 1, parameters: 235146 },
        { run: two, best: { epoch: 1, top1: expect.any(Number), loss: expect.any(Number) } },
      ],
      differences: [{ setting: "rate", values: [0.03, 0.01] }],
    });
  });

  it("says so where no setting differs", async () => {
    expect((await convnets("compare", one, same)).out).toContain("\nthe settings are the same\n");
  });

  it("lines end where a terminal does, and what files say can't steer it", async () => {
    const hostile = join(folder, "hostile");
    cpSync(one, hostile, { recursive: true });
    const config = join(hostile, "config.json");
    const text = readFileSync(config, "utf8");
    writeFileSync(config, text.replace('"digits"', `"\\u001b[2J${"x".repeat(200)}"`));
    const { out } = await withIo({ terminal: true, columns: 70 }, "compare", one, hostile, two);
    expect(out).toContain("\\u{1b}[2J");
    expect(out).not.toContain("\u001b");
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(70);
  });

  it("a folder without a run is refused", async () => {
    const { code, err } = await convnets("compare", folder);
    expect([code, err]).toEqual([
      2,
      `convnets: ${folder}: holds no run, expected a folder that \`convnets train\` has written\n`,
    ]);
  });
});
