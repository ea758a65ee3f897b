import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ratesText } from "../../src/cli/rates.ts";
import { convnets, scratch } from "./cli.ts";

const folder = scratch();
const mlp = ["train", "mlp", "--engine", "reference", "--batch", "32", "--find-rate"];

test("--find-rate raises the rate from 1e-6 to 10, tells the loss of each, and leaves no run", async () => {
  const out = join(folder, "none");
  const found = await convnets(...mlp, "--steps", "20", "--json", "--out", out);
  expect(found.code).toBe(0);
  const { points, suggestion } = JSON.parse(found.out);
  const rates = points.map(({ rate }: { rate: number }) => rate);
  expect(rates[0]).toBeCloseTo(1e-6, 10);
  expect(rates).toEqual(rates.toSorted((a: number, b: number) => a - b));
  // An MLP on digits learns somewhere between.
  expect(suggestion).toBeGreaterThan(1e-4);
  expect(suggestion).toBeLessThan(10);
  expect(existsSync(out)).toBe(false);
}, 120_000);

test("--find-rate ends where the loss is no number", async () => {
  const { code, out } = await convnets(...mlp, "--momentum", "0.99", "--steps", "60", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out).points.length).toBeLessThan(60);
}, 120_000);

test("the table has a line a rate and names the one at which the loss falls fastest", () => {
  const points = [0.01, 0.1, 1].map((rate, index) => ({ rate, loss: 2 - index, smoothed: 2 - index }));
  expect(ratesText({ points, suggestion: 0.1 })).toMatchInlineSnapshot(`
    [
      "    rate       loss",
      "  1.0e-2     2.0000  ████████████████████████████████████████",
      "  1.0e-1     1.0000  █████████████████████",
      "  1.0e+0     0.0000  █",
      "",
      "The loss falls fastest at 0.10: try --rate 0.1",
    ]
  `);
  expect(ratesText({ points, suggestion: undefined }).at(-1)).toBe("The loss falls at none of these rates.");
});
