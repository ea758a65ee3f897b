import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
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

it("explains several pictures, each in a folder of its own, and those of the data set with what they show", async () => {
  const out = join(folder, "several");
  const asked = [
    "--index",
    "0,5",
    "--method",
    "saliency",
    "--layer",
    "conv1,relu:2,fc1",
    "--out",
    out,
    "--json",
  ];
  const { code, out: text } = await convnets("explain", run, ...asked, ...engine);
  expect(code).toBe(0);
  const { pictures, layers, files } = JSON.parse(text);
  expect(layers).toEqual(["conv1", "relu:2", "fc1"]);
  expect(pictures).toMatchObject([
    { source: "digits test 0", truth: expect.any(String), probability: expect.any(Number) },
    { source: "digits test 5", title: expect.stringMatching(/^lenet5: .+ %$/) },
  ]);
  for (const place of ["digits-test-0", "digits-test-5"])
    for (const name of ["saliency", "activations-conv1", "activations-relu-2", "activations-fc1"])
      expect(files).toEqual(expect.arrayContaining([`${place}/${name}.png`, `${place}/${name}.npy`]));
  expect(parseNpy(readFileSync(join(out, "digits-test-5/activations-fc1.npy"))).shape).toEqual([120]);
  expect(await convnets("explain", run, picture, picture, ...asked.slice(2), ...engine)).toMatchObject({
    out: expect.stringContaining('"digit-2/saliency.png"'),
  });
});

it("finds what filters answer to in the data, with the places", async () => {
  const out = join(folder, "patches");
  const asked = ["--patches", "conv2:0,3-4", "--count", "4", "--out", out, "--json"];
  const { code, out: text } = await convnets("explain", run, ...asked, ...engine);
  expect(code).toBe(0);
  const { patches, pictures, files } = JSON.parse(text);
  expect(pictures).toEqual([]);
  expect(files).toEqual([
    ...["patches.npy", "patches.json"],
    ...["patches-conv2-0.png", "patches-conv2-3.png", "patches-conv2-4.png", "sheet.png", "index.html"],
  ]);
  expect(parseNpy(readFileSync(join(out, "patches.npy"))).shape).toEqual([3, 4, 1, 14, 14]);
  expect(patches.filters.map(({ filter }: { filter: number }) => filter)).toEqual([0, 3, 4]);
  const [strongest, next] = patches.filters[1].patches;
  expect(strongest.activation).toBeGreaterThanOrEqual(next.activation);
  expect(strongest).toMatchObject({
    index: expect.any(Number),
    label: expect.any(String),
    region: { top: expect.any(Number), left: expect.any(Number) },
  });
  expect(JSON.parse(readFileSync(join(out, "patches.json"), "utf8")).filters).toEqual(patches.filters);
});

it("tells the receptive fields of all layers by formula and by gradient", async () => {
  const out = join(folder, "fields");
  const { code, out: text } = await convnets("explain", run, "--fields", "--out", out, "--json", ...engine);
  expect(code).toBe(0);
  const { fields, files } = JSON.parse(text);
  expect(files).toEqual(["fields.json", "field.npy", "field.png", "sheet.png", "index.html"]);
  const region = { top: 8, left: 8, bottom: 21, right: 21 };
  expect(fields).toContainEqual({
    layer: "conv2",
    shape: [16, 10, 10],
    formula: { size: [14, 14], step: [2, 2], centre: [14.5, 14.5], region },
    measured: { size: [14, 14], centre: [14.5, 14.5], region },
  });
  const page = readFileSync(join(out, "index.html"), "utf8");
  expect(page).toContain(
    '<tr><th scope="row">conv2</th><td>16x10x10</td><td>14x14</td><td>2x2</td><td>14.5, 14.5</td><td>14x14</td>',
  );
  expect(parseNpy(readFileSync(join(out, "field.npy"))).shape).toEqual([28, 28]);
});

it("takes a file of weights with the name of its network, and says how it reads pictures where nothing tells", async () => {
  const weights = join(run, "best.safetensors");
  copyFileSync(weights, join(folder, "w.safetensors"));
  const asked = [
    "--weights",
    join(folder, "w.safetensors"),
    "--method",
    "saliency",
    "--out",
    join(folder, "file"),
  ];
  const assumed = await convnets("explain", "lenet5", picture, ...asked, ...engine);
  expect(assumed).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^lenet5: class \d, [\d.]+ %\nSaved to /),
  });
  expect(assumed.err).toContain(
    "w.safetensors: nothing says how its pictures are normalised; taken is mnist, 0.1307/0.3081: --normalization tells another",
  );
  const told = await convnets("explain", "lenet5", picture, ...asked, "--normalization", "mnist", ...engine);
  expect(told).toEqual({ ...assumed, err: "" });
  const byFile = await convnets(
    ...["explain", join(folder, "w.safetensors"), picture, "--model", "lenet5", "--data", "digits"],
    ...["--method", "saliency", "--out", join(folder, "file"), ...engine],
  );
  expect(byFile).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^lenet5: (\d|.*nought.*), [\d.]+ %\n/),
    err: "",
  });
});

it("explains a network from ONNX by the same maps, its layers by the names of their ops", async () => {
  const file = join(folder, "lenet.onnx");
  expect((await convnets("export", run, "--onnx", file)).code).toBe(0);
  const out = join(folder, "onnx");
  const maps = [
    "gradcam",
    "gradcam++",
    "occlusion",
    "saliency",
    "smoothgrad",
    "guided",
    "integrated-gradients",
  ];
  const asked = ["--layer", "conv2d:2", "--fields", "--out", out, "--json"];
  const { code, out: text, err } = await convnets("explain", file, picture, ...asked, ...engine);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(JSON.parse(text).fields).toContainEqual(
    expect.objectContaining({ layer: "conv2d:2", shape: [16, 10, 10] }),
  );
  expect(parseNpy(readFileSync(join(out, "filters.npy"))).shape).toEqual([16, 6, 5, 5]);
  const own = join(folder, "own");
  await convnets("explain", run, picture, "--layer", "conv2", "--out", own, ...engine);
  // A convolution's module ends behind the bias, its op before it: maps by gradient do not tell the difference.
  for (const name of maps.filter((map) => !map.startsWith("gradcam"))) {
    const numbers = (from: string) => [...parseNpy(readFileSync(join(from, `${name}.npy`))).data].map(Number);
    const [wanted, found] = [numbers(own), numbers(out)];
    const norm = Math.hypot(...wanted);
    expect(Math.hypot(...wanted.map((value, i) => value - (found[i] ?? 0))) / norm, name).toBeLessThan(1e-4);
  }
});

it("leaves Grad-CAM out for a network without maps, and refuses it where it is asked for", async () => {
  const weights = join(folder, "mlp");
  const steps = ["train", "--no-report", "mlp", "--data", "digits", "--steps", "2", "--out", weights];
  expect((await convnets(...steps, ...engine)).code).toBe(0);
  const asked = ["explain", weights, "--index", "0", "--out", join(folder, "flat"), ...engine];
  const { code, err, out } = await convnets(...asked);
  expect({ code, err }).toEqual({
    code: 0,
    err: "note: Grad-CAM is left out: the network has no layer with maps\n",
  });
  expect(out).not.toContain("gradcam");
  expect(await convnets(...asked, "--method", "gradcam")).toMatchObject({
    code: 2,
    err: "convnets: the network has no layer with maps, which this method explains by\n",
  });
});

it.each([
  [
    ["explain", run],
    "explain: nothing to explain; give picture files or --index, or ask for --patches, --fields or the filters of a --layer",
  ],
  [["explain", run, picture, "--index", "0"], "explain: give picture files or --index, not both"],
  [
    ["explain", run, picture, "--method", "gradcamm"],
    'explain: there is no method "gradcamm"; did you mean gradcam?',
  ],
  [["explain", run, picture, "--class", "12"], 'explain: there is no class "12", expected a name or 0 to 9'],
  [["explain", run, picture, "--layer", "conv9"], 'there is no layer "conv9"; did you mean conv1?'],
  [["explain", run, "--patches", "conv9:1"], 'there is no layer "conv9"; did you mean conv1?'],
  [
    ["explain", run, "--patches", "conv1:4-6"],
    "explain: --patches conv1:4-6: conv1 has the filters 0 to 5, expected some of them, for example 0,2-4",
  ],
  [
    ["explain", "lenet5", "--weights", join(folder, "w.safetensors"), "--patches", "conv1"],
    `${join(folder, "w.safetensors")}: is no run, so say which data set is meant: --data D`,
  ],
  [
    ["explain", join(folder, "w.safetensors"), picture],
    `${join(folder, "w.safetensors")}: is no run, so say which network these weights are for: --model NAME`,
  ],
])("%j is refused with its reason", async (argv, message) => {
  const { code, err } = await convnets(...argv, ...engine);
  expect(code).toBe(2);
  expect(err.split("\n").at(-2)).toBe(`convnets: ${message}`);
});
