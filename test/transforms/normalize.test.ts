import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { present, UsageError } from "../../src/ir/errors.ts";
import { mlp } from "../../src/models/mlp.ts";
import { Trace } from "../../src/nn/trace.ts";
import { networkInput } from "../../src/train/images.ts";
import { normalizationOf, parseTransforms } from "../../src/transforms/pipeline.ts";
import { type PictureKind, picture } from "./pictures.ts";

interface Row {
  readonly of: readonly [PictureKind, channels: number, height: number, width: number];
  readonly parameters: { readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly values: readonly number[];
}

// The file's form is what record.py writes.
const rows = JSON.parse(readFileSync(new URL("normalized.json", import.meta.url), "utf8")) as readonly Row[];

it.each(rows)("a network reads pictures as torchvision normalises them by $parameters", async (row) => {
  const normalization = present(normalizationOf([{ name: "normalize", ...row.parameters }]), "of normalize");
  const { channels, height, width, data } = picture(...row.of);
  const model = mlp({ channels, size: [height, width], hidden: [2] });
  const { graph } = new Trace(model, { training: false });
  const shape = [channels, height, width] as const;
  const images = graph.input("images", { dtype: "u8", shape: [1, ...shape] });
  graph.output("x", networkInput(images, model, { shape, normalization }));
  const program = await referenceEngine.prepare(graph.finish());
  const { x } = await program.run({ images: data });
  const seen = [...present(x, "the output")];
  expect(seen).toHaveLength(row.values.length);
  seen.forEach((value, i) => {
    expect(value).toBeCloseTo(row.values[i] ?? Number.NaN, 5);
  });
});

it("the last `normalize` of a pipeline counts, and a pipeline without has none", () => {
  const first = { name: "normalize", mean: [0], std: [1] } as const;
  const last = { name: "normalize", mean: [0.5], std: [0.25] } as const;
  expect(normalizationOf([first, last, { name: "randomHorizontalFlip" }])).toEqual({
    mean: [0.5],
    std: [0.25],
  });
  expect(normalizationOf([{ name: "randomHorizontalFlip" }])).toBeUndefined();
});

it("means and deviations of different numbers of channels are refused", () => {
  expect(() => parseTransforms([{ name: "normalize", mean: [0, 0], std: [1, 1, 1] }])).toThrow(
    new UsageError("transforms[0] normalize: `mean` has 2 numbers and `std` 3, expected as many"),
  );
});
