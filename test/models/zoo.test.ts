// The sizes of every network of the registry as the literature gives them, to the last parameter and to the last digit
// that is printed. Where no source counts a network, the count is this library's own, and says so.
import { describe, expect, test } from "vitest";
import { size } from "../../src/ir/type.ts";
import { createModel, type ModelOptions, models, summarize } from "../../src/models/index.ts";
import { isTrainingOnly } from "../../src/nn/classifier.ts";
import { namedTensors } from "../../src/nn/module.ts";

/** Multiply-adds of one picture, in units of 10^9 (G) or 10^6 (M). */
type Macs = `${number} ${"G" | "M"}`;

interface Sizes {
  /** Of all parameters, auxiliary heads included. */
  readonly parameters: number;
  /** Without auxiliary heads, where there are some. */
  readonly evaluation?: number;
  readonly macs: Macs;
}

function sizesOf(parameters: number, macs: Macs, evaluation?: number): Sizes {
  return { parameters, macs, ...(evaluation !== undefined && { evaluation }) };
}

/** With the options each has when none are given: 1000 classes of 3x224x224 for most. */
const zoo: Readonly<Record<string, Sizes>> = {
  mlp: sizesOf(235_146, "0.2348 M"), // own count
  lenet5: sizesOf(61_706, "0.4165 M"),
  lenet5_paper: sizesOf(60_000, "0.326 M"),
  alexnet: sizesOf(61_100_840, "0.714 G"),
  alexnet_paper: sizesOf(60_965_224, "0.7244 G"),
  vgg11: sizesOf(132_863_336, "7.609 G"),
  vgg11_bn: sizesOf(132_868_840, "7.609 G"),
  vgg11_lrn_paper: sizesOf(132_863_336, "7.609 G"), // as vgg11: the normalisation has no weights
  vgg13: sizesOf(133_047_848, "11.308 G"),
  vgg13_bn: sizesOf(133_053_736, "11.308 G"),
  vgg16: sizesOf(138_357_544, "15.470 G"),
  vgg16_bn: sizesOf(138_365_992, "15.470 G"),
  vgg16c_paper: sizesOf(133_638_952, "11.771 G"),
  vgg19: sizesOf(143_667_240, "19.632 G"),
  vgg19_bn: sizesOf(143_678_248, "19.632 G"),
  nin_cifar: sizesOf(966_986, "0.2225 G"),
  nin_imagenet: sizesOf(7_595_176, "1.100 G"),
  googlenet: sizesOf(13_004_888, "1.498 G", 6_624_904),
  googlenet_paper: sizesOf(13_378_280, "1.5827 G", 6_998_552),
  googlenet_article: sizesOf(5_977_530, "1.503 G"), // own count
  inception_v2: sizesOf(11_295_240, "2.0326 G"),
  inception_v2_slim: sizesOf(11_188_288, "1.9349 G"),
  inception_v2_rethinking: sizesOf(26_405_192, "6.483 G"), // own count
  inception_v3: sizesOf(27_161_264, "5.713 G", 23_834_568),
  inception_v4: sizesOf(42_679_816, "12.254 G"),
  inception_resnet_v2: sizesOf(55_843_464, "13.156 G"),
  plain18: sizesOf(11_515_688, "1.795 G"), // as resnet18_paper, whose shortcuts have no weights
  plain34: sizesOf(21_623_848, "3.644 G"),
  resnet18: sizesOf(11_689_512, "1.814 G"),
  resnet34: sizesOf(21_797_672, "3.664 G"),
  resnet50: sizesOf(25_557_032, "4.089 G"),
  resnet101: sizesOf(44_549_160, "7.801 G"),
  resnet152: sizesOf(60_192_808, "11.514 G"),
  resnet18_paper: sizesOf(11_515_688, "1.795 G"),
  // resnet34's 3.663761 G less three 1x1 projections of 6.422528 M.
  resnet34_paper: sizesOf(21_623_848, "3.644 G"),
  resnet50_paper: sizesOf(25_557_032, "3.858 G"),
  resnet101_paper: sizesOf(44_549_160, "7.570 G"),
  resnet152_paper: sizesOf(60_192_808, "11.282 G"),
  resnet20_cifar: sizesOf(269_722, "40.6 M"),
  resnet32_cifar: sizesOf(464_154, "68.9 M"),
  resnet44_cifar: sizesOf(658_586, "97.2 M"),
  resnet56_cifar: sizesOf(853_018, "125.5 M"),
  resnet110_cifar: sizesOf(1_727_962, "252.9 M"),
  resnet1202_cifar: sizesOf(19_421_274, "2829 M"),
};

/** With other options. */
const variants: readonly (readonly [name: string, options: ModelOptions, sizes: Sizes])[] = [
  ["nin_cifar", { classes: 100 }, sizesOf(984_356, "0.2236 G")],
  ["nin_imagenet", { size: 227 }, sizesOf(7_595_176, "1.106 G")],
  ["googlenet", { auxiliary: false }, sizesOf(6_624_904, "1.498 G")],
  ["googlenet_paper", { auxiliary: false }, sizesOf(6_998_552, "1.5827 G")],
  ["inception_v3", { auxiliary: false }, sizesOf(23_834_568, "5.713 G")],
  ["resnet20_cifar", { classes: 100 }, sizesOf(275_572, "40.6 M")],
  ["resnet110_cifar", { classes: 100 }, sizesOf(1_733_812, "252.9 M")],
];

/** Parameters of evaluation in checkpoints of TensorFlow's slim, whose batch norm has no gamma. */
const withoutGamma: Readonly<Record<string, number>> = {
  inception_v2_slim: 11_178_336,
  inception_v3: 23_817_352,
  inception_v4: 42_648_232,
  inception_resnet_v2: 55_813_192,
};

test("every network has its sizes here, and nothing else has", () => {
  expect(Object.keys(zoo).toSorted()).toEqual(Object.keys(models).toSorted());
});

test.each(Object.keys(models))("%s has the size that the literature gives", (name) => {
  expectSizes(name, {}, zoo[name]);
});

test.each(variants)("%s with %o has the size that the literature gives", (name, options, sizes) => {
  expectSizes(name, options, sizes);
});

describe("as slim trains them", () => {
  test.each(Object.entries(withoutGamma))("%s has %i parameters without gamma", (name, expected) => {
    const model = createModel(name);
    const tensors = new Map(namedTensors(model));
    const gammas = [...tensors].filter(([path]) => isGamma(path, tensors) && !isTrainingOnly(model, path));
    const count = gammas.reduce((sum, [, { shape }]) => sum + size(shape), 0);
    expect(summarize(model).evaluationParameters - count).toBe(expected);
  });
});

function expectSizes(name: string, options: ModelOptions, sizes: Sizes | undefined): void {
  const { parameters, evaluationParameters, macs } = summarize(createModel(name, options));
  expect({ parameters, evaluation: evaluationParameters, macs: printed(macs, sizes?.macs ?? "0 G") }).toEqual(
    {
      evaluation: sizes?.parameters,
      ...sizes,
    },
  );
}

/** In the unit and with the digits of `like`. */
function printed(macs: number, like: Macs): string {
  const [number = "", unit] = like.split(" ");
  const digits = number.split(".")[1]?.length ?? 0;
  return `${(macs / (unit === "G" ? 1e9 : 1e6)).toFixed(digits)} ${unit}`;
}

function isGamma(path: string, tensors: ReadonlyMap<string, unknown>): boolean {
  return path.endsWith(".weight") && tensors.has(path.replace(/weight$/, "running_mean"));
}
