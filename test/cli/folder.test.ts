import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, it } from "vitest";
import { convnets, scratch } from "./cli.ts";

const folder = scratch();
const data = join(folder, "pictures");
const run = join(folder, "run");
const engine = ["--engine", "reference"];

// Twenty bright and twenty dark pictures, no two alike, wider than high, and one that is none.
beforeAll(async () => {
  for (const [name, base] of [
    ["bright", 200],
    ["dark", 20],
  ] as const) {
    mkdirSync(join(data, name), { recursive: true });
    for (let i = 0; i < 20; i++) {
      const grey = base + i;
      const background = { r: grey, g: grey, b: grey };
      const picture = sharp({ create: { width: 40, height: 30, channels: 3, background } });
      await picture.png().toFile(join(data, name, `${i}.png`));
    }
  }
  writeFileSync(join(data, "dark", "broken.jpg"), "no picture");
});

it("trains on a folder, names what it leaves out, and knows its classes and its held-out part again", async () => {
  const training = [
    "train",
    "mlp",
    "--data",
    `folder:${data}`,
    "--hold-out",
    "0.25",
    "--augment",
    "cifar",
    "--seed",
    "3",
    ...engine,
  ];
  const trained = await convnets(...training, "--epochs", "4", "--batch", "8", "--out", run);
  expect(trained.err).toBe(
    `note: left out: ${join(data, "dark", "broken.jpg")}: is no picture, expected PNG, JPEG, WebP, GIF, TIFF or AVIF\n`,
  );
  expect(trained.code).toBe(0);
  expect(trained.out).toContain("pictures of 1x28x28 to train on, 10 to test with");
  const evaluated = await convnets("evaluate", run, ...engine, "--json");
  const { count, top1, perClass } = JSON.parse(evaluated.out);
  expect({ top1, classes: perClass.map(({ name }: { name: string }) => name) }).toEqual({
    top1: 1,
    classes: ["bright", "dark"],
  });
  expect([9, 10]).toContain(count);
  const predicted = await convnets("predict", run, join(data, "dark", "7.png"), ...engine, "--json");
  expect(JSON.parse(predicted.out)[0].predictions[0]).toMatchObject({ label: "dark", index: 1 });
});

it("--cache keeps decoded pictures in the folder it is given", async () => {
  const cache = join(folder, "decoded");
  const { code } = await convnets(
    ...["train", "mlp", "--data", `folder:${data}`, "--batch", "8", "--epochs", "1", ...engine],
    ...["--cache", cache, "--cache-size", "1", "--out", join(folder, "cached"), "--quiet"],
  );
  expect(code).toBe(0);
  // All that can be read, but those that the last whole batch leaves over.
  expect(readdirSync(cache).length).toBeGreaterThan(30);
});

it("--broken fail ends at a picture that cannot be read", async () => {
  const { code, err } = await convnets(
    ...["train", "mlp", "--data", `folder:${data}`, "--broken", "fail", "--batch", "8", ...engine],
    ...["--out", join(folder, "strict"), "--quiet"],
  );
  expect({ code, err }).toEqual({
    code: 1,
    err: `convnets: ${join(data, "dark", "broken.jpg")}: is no picture, expected PNG, JPEG, WebP, GIF, TIFF or AVIF\n`,
  });
});

it("a folder's name is needed", async () => {
  expect(await convnets("train", "mlp", "--data", "folder", ...engine)).toEqual({
    code: 2,
    out: "",
    err: 'convnets: data: "folder" names no folder, expected folder:DIR\n',
  });
});

it("data check counts, and finds what is broken, there twice, or no picture", async () => {
  writeFileSync(join(data, "bright", "again.png"), readFileSync(join(data, "dark", "3.png")));
  writeFileSync(join(data, "bright", "notes.txt"), "");
  const { code, out } = await convnets("data", "check", `folder:${data}`);
  expect(code).toBe(1);
  expect(out.replace(/ +/g, " ")).toBe(
    [
      "42 pictures in 2 classes, from 40x30 to 40x30",
      "",
      "class to train on to test with",
      "bright 17 4",
      "dark 17 4",
      "",
      "broken: 1",
      " dark/broken.jpg: is no picture, expected PNG, JPEG, WebP, GIF, TIFF or AVIF",
      "",
      "the same bytes: 1",
      " bright/again.png = dark/3.png",
      "",
      "no pictures by their names: 1",
      " bright/notes.txt",
      "",
    ].join("\n"),
  );
  const json = await convnets("data", "check", `folder:${data}`, "--json");
  expect(JSON.parse(json.out)).toMatchObject({ pictures: 42, sizes: { largest: [40, 30] } });
  rmSync(join(data, "dark", "broken.jpg"));
  expect((await convnets("data", "check", `folder:${data}`)).code).toBe(0);
  expect(await convnets("data", "check", "folder:")).toMatchObject({ code: 2, out: "" });
});

it("data check counts CIFAR's classes and names what is there twice", async () => {
  const cifar = join(folder, "cifar");
  mkdirSync(cifar);
  const record = (label: number, value: number) => [label, ...new Array<number>(3072).fill(value)];
  const write = (name: string, ...records: readonly number[][]) =>
    writeFileSync(join(cifar, name), Uint8Array.from(records.flat()));
  for (let part = 1; part <= 5; part++)
    write(`data_batch_${part}.bin`, record(part, part), record(9, 10 + part));
  write("test_batch.bin", record(3, 12), record(0, 99));
  const { code, out } = await convnets("data", "check", `cifar10:${cifar}`, "--json");
  const { pictures, classes, duplicates } = JSON.parse(out);
  expect({ code, pictures, duplicates }).toEqual({
    code: 0,
    pictures: 12,
    duplicates: [["train 3", "test 0"]],
  });
  expect(classes.map((each: { train: number; test: number }) => [each.train, each.test]).slice(0, 4)).toEqual(
    [
      [0, 1],
      [1, 0],
      [1, 0],
      [1, 1],
    ],
  );
  expect(classes[9]).toEqual({ name: "truck", train: 5, test: 0 });
});
