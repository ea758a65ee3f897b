import { expect, it } from "vitest";
import { first, run } from "./run.ts";

const close = (numbers: readonly number[]) => numbers.map((n) => expect.closeTo(n, 6));

it("relu: keeps what is above 0 and what is not a number", async () => {
  expect(await first("relu", [[[4], [-1, 0, 2, Number.NaN]]])).toEqual([0, 0, 2, Number.NaN]);
});

it("reluGrad: dy passes where y is above 0", async () => {
  expect(
    await first("reluGrad", [
      [[3], [5, 6, 7]],
      [[3], [1, 0, 2]],
    ]),
  ).toEqual([5, 0, 7]);
});

it("tanh and tanhGrad", async () => {
  expect(await first("tanh", [[[3], [0, 0.5, -100]]])).toEqual(close([0, 0.4621172, -1]));
  expect(
    await first("tanhGrad", [
      [[3], [1, 2, 3]],
      [[3], [0, 0.5, -1]],
    ]),
  ).toEqual([1, 1.5, 0]);
});

it("sigmoid and sigmoidGrad, without overflow", async () => {
  expect(await first("sigmoid", [[[4], [0, 2, 1000, -1000]]])).toEqual(close([0.5, 0.8807971, 1, 0]));
  expect(
    await first("sigmoidGrad", [
      [[3], [4, 4, 4]],
      [[3], [0.5, 0.25, 1]],
    ]),
  ).toEqual([1, 0.75, 0]);
});

it("add: the sum of all operands", async () => {
  expect(
    await first("add", [
      [[2], [1, 2]],
      [[2], [10, 20]],
      [[2], [100, 200]],
    ]),
  ).toEqual([111, 222]);
});

it("add: rounds once, at the end", async () => {
  const terms = [16777216, 1, 1].map((term) => [[1], [term]] as const);
  expect(await first("add", terms)).toEqual([16777218]);
});

it("affine: one factor and one summand, or one a channel", async () => {
  expect(
    await first(
      "affine",
      [
        [
          [2, 2],
          [1, 2, 3, 4],
        ],
      ],
      { scale: [2], shift: [1] },
    ),
  ).toEqual([3, 5, 7, 9]);
  expect(
    await first(
      "affine",
      [
        [
          [2, 2],
          [1, 2, 3, 4],
        ],
      ],
      { scale: [1, 10], shift: [0, 1] },
    ),
  ).toEqual([1, 21, 3, 41]);
});

it("affine: bytes become numbers", async () => {
  expect(
    await first("affine", [[[1, 1, 1, 2], Uint8Array.of(0, 255)]], { scale: [1 / 255], shift: [-0.5] }),
  ).toEqual([-0.5, 0.5]);
});

it("addChannels, scaleChannels, sumChannels and dotChannels work along axis 1", async () => {
  const x = [
    [2, 2, 1, 2],
    [1, 2, 3, 4, 5, 6, 7, 8],
  ] as const;
  const vector = [[2], [10, 100]] as const;
  expect(await first("addChannels", [x, vector])).toEqual([11, 12, 103, 104, 15, 16, 107, 108]);
  expect(await first("scaleChannels", [x, vector])).toEqual([10, 20, 300, 400, 50, 60, 700, 800]);
  expect(await first("sumChannels", [x])).toEqual([14, 22]);
  expect(await first("dotChannels", [x, x])).toEqual([66, 138]);
});

it("logSoftmax: exponentials sum to 1, whatever is added to all logits", async () => {
  const expected = close([-2.4076059, -1.4076059, -0.4076059]);
  expect(
    await first("logSoftmax", [
      [
        [1, 3],
        [1, 2, 3],
      ],
    ]),
  ).toEqual(expected);
  expect(
    await first("logSoftmax", [
      [
        [1, 3],
        [1001, 1002, 1003],
      ],
    ]),
  ).toEqual(expected);
});

it("logSoftmaxGrad: dy minus the probabilities times its sum", async () => {
  const y = [
    [1, 2],
    [Math.log(0.25), Math.log(0.75)],
  ] as const;
  expect(
    await first("logSoftmaxGrad", [
      [
        [1, 2],
        [1, 3],
      ],
      y,
    ]),
  ).toEqual(close([0, 0]));
  expect(
    await first("logSoftmaxGrad", [
      [
        [1, 2],
        [-1, 0],
      ],
      y,
    ]),
  ).toEqual(close([-0.75, 0.75]));
});

it("nllLoss: the mean of what the labels pick, negated", async () => {
  const labels = [[2], Int32Array.of(1, 0)] as const;
  expect(
    await first("nllLoss", [
      [
        [2, 2],
        [-1, -2, -4, -8],
      ],
      labels,
    ]),
  ).toEqual([3]);
  expect(await first("nllLossInputGrad", [[[], [6]], labels], { shape: [2, 2] })).toEqual([0, -3, -3, 0]);
});

it("nllLoss: refuses a label beyond the classes and names its sample", async () => {
  const given = [
    [[2, 3], Array(6).fill(-1)],
    [[2], Int32Array.of(2, 3)],
  ] as const;
  await expect(run("nllLoss", given)).rejects.toThrow("sample 1 has the label 3, but there are 3 classes");
});

it("squaredDistance and squaredDistanceGrad", async () => {
  const x = [
    [1, 2],
    [1, 2],
  ] as const;
  const centres = [
    [2, 2],
    [1, 2, 4, 6],
  ] as const;
  expect(await first("squaredDistance", [x, centres])).toEqual([0, 25]);
  expect(
    await run("squaredDistanceGrad", [
      [
        [1, 2],
        [7, 1],
      ],
      x,
      centres,
    ]),
  ).toEqual([
    [-6, -8],
    [0, 0, 6, 8],
  ]);
});

it("sgdUpdate: weight decay, velocity, rate; Nesterov looks ahead", async () => {
  const operands = [
    [[1], [2]],
    [[1], [4]],
    [[1], [3]],
    [[], [0.5]],
  ] as const;
  const attrs = { momentum: 0.5, weightDecay: 0.5, nesterov: false };
  // g = 3 + 0.5 * 2 = 4, v = 0.5 * 4 + 4 = 6, w = 2 - 0.5 * 6; Nesterov w = 2 - 0.5 * (4 + 0.5 * 6)
  expect(await run("sgdUpdate", operands, attrs)).toEqual([[-1], [6]]);
  expect(await run("sgdUpdate", operands, { ...attrs, nesterov: true })).toEqual([[-1.5], [6]]);
});
