import { createModel, summarize } from "convnets";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blocks, measure, type Split, splitAddressing, splitLimits } from "../../app/ideas/inception.ts";

/** Multiply-adds and parameters of a convolution that keeps the size, by the definition. */
function convolution(side: number, from: number, to: number, kernel: number) {
  const weights = from * to * kernel * kernel;
  return { macs: weights * side * side, parameters: weights + to };
}

function sum(...costs: readonly { readonly macs: number; readonly parameters: number }[]) {
  return costs.reduce((a, b) => ({ macs: a.macs + b.macs, parameters: a.parameters + b.parameters }), {
    macs: 0,
    parameters: 0,
  });
}

const channels = fc.integer({ min: 1, max: splitLimits.channels[1] });
const splits: fc.Arbitrary<Split> = fc.record({
  from: fc.integer({ min: 1, max: splitLimits.from[1] }),
  side: fc.integer({ min: 1, max: splitLimits.side[1] }),
  one: channels,
  threeReduce: channels,
  three: channels,
  fiveReduce: channels,
  five: channels,
  pooled: channels,
});

describe("an Inception block with 1x1 reductions and without", () => {
  it("costs what the definition of convolution says, branch by branch, whatever the split", () => {
    fc.assert(
      fc.property(splits, (split) => {
        const { side, from, one, threeReduce, three, fiveReduce, five, pooled } = split;
        const { reduced, naive } = measure(split);
        const first = convolution(side, from, one, 1);
        expect(reduced.branches).toMatchObject([
          first,
          sum(convolution(side, from, threeReduce, 1), convolution(side, threeReduce, three, 3)),
          sum(convolution(side, from, fiveReduce, 1), convolution(side, fiveReduce, five, 5)),
          convolution(side, from, pooled, 1),
        ]);
        expect(naive.branches).toMatchObject([
          first,
          convolution(side, from, three, 3),
          convolution(side, from, five, 5),
          { macs: 0, parameters: 0 },
        ]);
        for (const block of [reduced, naive]) expect(block).toMatchObject(sum(...block.branches));
        expect(reduced.channels).toBe(one + three + five + pooled);
        expect(naive.channels).toBe(one + three + five + from);
      }),
    );
  });

  it("has the cost and the shapes of each block of GoogLeNet, where it lies in the network", () => {
    const { rows } = summarize(createModel("googlenet_paper"));
    expect([...blocks.keys()]).toEqual(["3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"]);
    for (const [name, split] of blocks) {
      const { reduced } = measure(split);
      const row = rows.find(({ path }) => path === `inception_${name}`);
      expect({ macs: row?.macs, parameters: row?.parameters, output: row?.output }, name).toEqual({
        macs: reduced.macs,
        parameters: reduced.parameters,
        output: [1, reduced.channels, split.side, split.side],
      });
    }
  });

  it("goes through the address unchanged, and takes any address for some block", () => {
    fc.assert(
      fc.property(splits, (split) => {
        expect(splitAddressing.parse(new URLSearchParams(splitAddressing.format(split)))).toEqual(split);
      }),
    );
    expect(splitAddressing.parse(new URLSearchParams("block=0-9999-x"))).toEqual({
      ...blocks.get("3a"),
      from: 1,
      side: splitLimits.side[1],
    });
  });
});
