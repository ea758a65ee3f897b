import { expect, it } from "vitest";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { present, UsageError } from "../../src/ir/errors.ts";
import type { Value } from "../../src/ir/graph.ts";
import type { Classifier, Placement } from "../../src/nn/classifier.ts";
import { Module } from "../../src/nn/module.ts";
import { Trace } from "../../src/nn/trace.ts";
import { type ImageForm, networkInput } from "../../src/train/images.ts";

class Reader extends Module implements Classifier {
  readonly classes = 2;
  readonly output = "logits";
  readonly input: Classifier["input"];
  readonly placement: Placement;

  constructor(input: Classifier["input"], placement: Placement) {
    super();
    this.input = input;
    this.placement = placement;
  }

  override forward(x: Value): Value {
    return x;
  }
}

const plain = { mean: [0], std: [1 / 255] };

/** What the network reads of one picture, rounded. */
async function read(model: Classifier, form: ImageForm, pixels: readonly number[]): Promise<number[]> {
  const { graph } = new Trace(model, { training: false });
  const images = graph.input("images", { dtype: "u8", shape: [1, ...form.shape] });
  graph.output("x", networkInput(images, model, form));
  const program = await referenceEngine.prepare(graph.finish());
  const { x } = await program.run({ images: Uint8Array.from(pixels) });
  return [...present(x, "the output")].map((value) => Math.round(1000 * value) / 1000);
}

it("centre: the picture lies in the middle, the odd pixel of background behind it", async () => {
  const seen = await read(new Reader([1, 4, 3], "centre"), { shape: [1, 1, 1], normalization: plain }, [9]);
  expect(seen).toEqual([0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
});

it("centre: a picture larger than the input is scaled", async () => {
  const seen = await read(
    new Reader([1, 1, 1], "centre"),
    { shape: [1, 2, 2], normalization: plain },
    [8, 8, 8, 8],
  );
  expect(seen).toEqual([8]);
});

it("scale: an even picture stays even at another size", async () => {
  const seen = await read(new Reader([1, 2, 3], "scale"), { shape: [1, 1, 1], normalization: plain }, [5]);
  expect(seen).toEqual([5, 5, 5, 5, 5, 5]);
});

it("pixels become (pixel / 255 - mean) / std, channel by channel", async () => {
  const normalization = { mean: [0.5, 0.25], std: [0.5, 0.25] };
  const seen = await read(new Reader([2, 1, 1], "scale"), { shape: [2, 1, 1], normalization }, [255, 0]);
  expect(seen).toEqual([1, -1]);
});

it("pictures with other channels than the network's are refused, with the option that helps", async () => {
  const form = { shape: [3, 1, 1] as const, normalization: plain };
  await expect(read(new Reader([1, 1, 1], "scale"), form, [1, 2, 3])).rejects.toThrow(
    new UsageError(
      "the network takes pictures of 1 channel, these have 3; the model's option `channels` sets it",
    ),
  );
});
