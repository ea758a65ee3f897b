import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, it } from "vitest";
import { loadDigits } from "../../src/data/loadDigits.ts";
import { parseNpy } from "../../src/formats/npy.ts";
import { convnets, scratch } from "./cli.ts";

const folder = scratch();
const engine = ["--engine", "wasm"];
const run = join(folder, "lenet");
const picture = join(folder, "digit.png");

beforeAll(async () => {
  const { code } = await convnets(
    "train",
    "--no-report",
    "lenet5",
    "--data",
    "digits",
    ...engine,
    "--steps",
    "30",
    "--out",
    run,
  );
  expect(code).toBe(0);
  const config = readFileSync(join(run, "config.json"), "utf8");
  writeFileSync(join(run, "config.json"), config.replace(/"0"/, '"<i>nought</i> & \\"co\\""'));
  const { test } = await loadDigits();
  const raw = { width: 28, height: 28, channels: 1 } as const;
  await sharp(test.images.slice(0, 784), { raw }).png().toFile(picture);
});

it("writes a picture and an array a method, a contact sheet and a page", async () => {
  const out = join(folder, "all");
  const { code, out: text } = await convnets("explain", run, picture, ...engine, "--out", out, "--json");
  expect(code).toBe(0);
  const { files } = JSON.parse(text);
  for (const name of [
    "gradcam",
    "gradcam++",
    "occlusion",
    "saliency",
    "smoothgrad",
    "guided",
    "integrated-gradients",
  ])
    expect(files).toEqual(expect.arrayContaining([`${name}.png`, `${name}.npy`]));
  expect(parseNpy(readFileSync(join(out, "gradcam.npy"))).shape).toEqual([5, 5]);
  expect(parseNpy(readFileSync(join(out, "saliency.npy"))).shape).toEqual([28, 28]);
  expect(await sharp(join(out, "saliency.png")).metadata()).toMatchObject({
    format: "png",
    width: 224,
    height: 224,
  });
  expect(await sharp(join(out, "sheet.png")).metadata()).toMatchObject({ width: 976 });
});

it("shows a convolution's filters, explains the class that is asked for, and escapes what it writes", async () => {
  const out = join(folder, "conv1");
  const some = ["--method", "gradcam", "--layer", "conv1", "--class", "0", "--out", out];
  expect((await convnets("explain", run, picture, ...engine, ...some)).code).toBe(0);
  expect(parseNpy(readFileSync(join(out, "filters.npy"))).shape).toEqual([6, 1, 5, 5]);
  expect(parseNpy(readFileSync(join(out, "activations.npy"))).shape).toEqual([6, 28, 28]);
  expect(existsSync(join(out, "saliency.png"))).toBe(false);
  const page = readFileSync(join(out, "index.html"), "utf8");
  expect(page).toContain("<h1>lenet5: &lt;i&gt;nought&lt;/i&gt; &amp; &quot;co&quot;,");
  expect(page).not.toMatch(/<i>|https?:|<script/);
});

it("takes a file of weights with the name of its network", async () => {
  const out = join(folder, "file");
  const weights = ["--model", "lenet5", "--weights", join(run, "best.safetensors")];
  const { code, out: text } = await convnets(
    "explain",
    picture,
    ...weights,
    "--method",
    "saliency",
    ...engine,
    "--out",
    out,
  );
  expect(code).toBe(0);
  expect(text).toMatch(/^lenet5: class \d, [\d.]+ %\nSaved to /);
});

it.each([
  [["explain", run], "explain: expected a run and one picture: convnets explain RUN IMAGE"],
  [
    ["explain", run, picture, "--method", "gradcamm"],
    'explain: there is no method "gradcamm"; did you mean gradcam?',
  ],
  [["explain", run, picture, "--class", "12"], 'explain: there is no class "12", expected a name or 0 to 9'],
  [["explain", run, picture, "--layer", "conv9"], 'there is no layer "conv9"; did you mean conv1?'],
  [
    ["explain", picture, "--weights", "w.safetensors"],
    "explain: say which network the weights are for: --model NAME",
  ],
])("%j is refused with its reason", async (argv, message) => {
  const { code, err } = await convnets(...argv, ...engine);
  expect({ code, err }).toEqual({ code: 2, err: `convnets: ${message}\n` });
});
