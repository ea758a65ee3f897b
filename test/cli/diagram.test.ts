import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { convnets, scratch } from "./cli.ts";

const folder = scratch();

it("writes an SVG, modules as boxes at a depth of 0, and a page", async () => {
  const file = join(folder, "net.svg");
  expect(await convnets("diagram", "resnet18", "--out", file)).toMatchObject({
    code: 0,
    out: `Saved to ${file}\n`,
  });
  expect(readFileSync(file, "utf8")).toContain(">layer1.0</text>");
  expect((await convnets("diagram", "resnet18", "--out", file, "--depth", "0")).code).toBe(0);
  const brief = readFileSync(file, "utf8");
  expect(brief).toContain(">layer1</text>");
  expect(brief).not.toContain("layer1.0");
  const page = join(folder, "net.html");
  expect((await convnets("diagram", "lenet5", "--out", page, "--json")).out).toBe(
    `${JSON.stringify({ model: "lenet5", file: page }, null, 2)}\n`,
  );
  expect(readFileSync(page, "utf8")).toMatch(/^<!doctype html>/);
});

it("refuses a name that tells no kind of file", async () => {
  expect(await convnets("diagram", "lenet5", "--out", "net.png")).toEqual({
    code: 2,
    out: "",
    err: "convnets: diagram: --out is net.png, expected a name that ends in .svg or .html\n",
  });
});
