import {
  BasicConv2d,
  concat,
  googlenetTable,
  type InceptionName,
  InceptionV1,
  type Measurable,
  Module,
  maxPooling,
  run,
  Sequential,
  summarize,
  type Value,
} from "convnets";
import { type Addressing, type Limits, wholeWithin } from "./query.ts";

/** The channels of an Inception block, and the side of the maps it reads. */
export interface Split {
  readonly from: number;
  readonly side: number;
  readonly one: number;
  readonly threeReduce: number;
  readonly three: number;
  readonly fiveReduce: number;
  readonly five: number;
  readonly pooled: number;
}

export const splitLimits: Readonly<Record<"from" | "side" | "channels", Limits>> = {
  from: [1, 2048],
  side: [1, 112],
  channels: [1, 1024],
};

/** The blocks of GoogLeNet, as they lie in the network when it reads 224x224 pixels: each stage halves the maps. */
export const blocks: ReadonlyMap<InceptionName, Split> = new Map(
  typedEntries(googlenetTable).map(
    ([name, [from, one, [threeReduce, three], [fiveReduce, five], pooled]]) => [
      name,
      { from, side: 224 / 2 ** Number(name[0]), one, threeReduce, three, fiveReduce, five, pooled },
    ],
  ),
);

export interface Cost {
  /** Weights and biases. */
  readonly parameters: number;
  readonly macs: number;
}

export interface BlockCost extends Cost {
  /** Of the branches 1x1, 3x3, 5x5 and pooling. */
  readonly branches: readonly Cost[];
  /** Channels of the output. */
  readonly channels: number;
}

/** What the block costs with its 1x1 reductions and without, as the library counts its layers. */
export function measure(split: Split): { readonly reduced: BlockCost; readonly naive: BlockCost } {
  const { from, one, threeReduce, three, fiveReduce, five, pooled, side } = split;
  const input = [from, side, side] as const;
  const reduced = new InceptionV1(from, one, [threeReduce, three], [fiveReduce, five], pooled);
  return {
    reduced: costOf(Object.assign(reduced, { input })),
    naive: costOf(Object.assign(new NaiveInception(split), { input })),
  };
}

function costOf(block: Measurable): BlockCost {
  const { rows, parameters, macs, output } = summarize(block);
  return { parameters, macs, branches: rows.filter(({ level }) => level === 1), channels: output[1] ?? 0 };
}

/** Figure 2(a) of the paper: 1x1 | 3x3 | 5x5 | pooling, which passes every channel on. */
class NaiveInception extends Module {
  readonly branch1: BasicConv2d;
  readonly branch2: BasicConv2d;
  readonly branch3: BasicConv2d;
  readonly branch4: Sequential = new Sequential(maxPooling(3, { stride: 1, padding: 1 }));

  constructor({ from, one, three, five }: Split) {
    super();
    this.branch1 = new BasicConv2d(from, one, { kernel: 1 });
    this.branch2 = new BasicConv2d(from, three, { kernel: 3, padding: 1 });
    this.branch3 = new BasicConv2d(from, five, { kernel: 5, padding: 2 });
  }

  override forward(x: Value): Value {
    const branches = [this.branch1, this.branch2, this.branch3, this.branch4];
    return concat(...branches.map((branch) => run(x, branch)), { axis: 1 });
  }
}

const order = ["from", "side", "one", "threeReduce", "three", "fiveReduce", "five", "pooled"] as const;

/** `block=192-28-64-96-128-16-32-32` */
export const splitAddressing: Addressing<Split> = {
  parse(query) {
    const parts = (query.get("block") ?? "").split("-");
    const given = blocks.get("3a");
    const number = (name: (typeof order)[number]) =>
      wholeWithin(parts[order.indexOf(name)], limitsOf(name), given?.[name] ?? 1);
    return {
      from: number("from"),
      side: number("side"),
      one: number("one"),
      threeReduce: number("threeReduce"),
      three: number("three"),
      fiveReduce: number("fiveReduce"),
      five: number("five"),
      pooled: number("pooled"),
    };
  },
  format: (split) => ({ block: order.map((name) => split[name]).join("-") }),
};

function limitsOf(name: keyof Split): Limits {
  return name === "from" || name === "side" ? splitLimits[name] : splitLimits.channels;
}

function typedEntries<K extends string, V>(record: Readonly<Record<K, V>>): readonly (readonly [K, V])[] {
  // TypeScript forgets the keys, as an object may have more of them than its type says; this table has not.
  return Object.entries(record) as [K, V][];
}
