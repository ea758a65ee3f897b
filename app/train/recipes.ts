import { type ModelName, type ModelOptions, models, type OptimizerName } from "convnets";
import type { DataSource, Settings } from "./settings.ts";

type Recipe = Pick<Settings, "optimizer" | "rate" | "batch" | "epochs" | "weightDecay" | "pictures" | "size">;

/** Networks that learn something while one looks on, the quickest first. */
export const quick: readonly ModelName[] = [
  "lenet5",
  "mlp",
  "lenet5_paper",
  "resnet20_cifar",
  "googlenet_article",
];

// For the quick ones so much of the digits and so many epochs that a core is done within a minute.
const special: Partial<Readonly<Record<ModelName, Partial<Recipe>>>> = {
  lenet5: { rate: 0.02, epochs: 8 },
  mlp: { rate: 0.03, epochs: 10 },
  // Distances to patterns grow with the square of the output, and their gradients with it.
  lenet5_paper: { rate: 0.002, batch: 32, epochs: 6 },
  resnet20_cifar: { rate: 0.05, batch: 32, epochs: 4, pictures: 2000 },
  // The article's network takes any size; strides of 32 leave one pixel of 32.
  googlenet_article: { rate: 0.01, batch: 32, epochs: 5, pictures: 2000, size: 32, weightDecay: 2e-4 },
  // It starts slowly, as its file says: hundreds of steps with little to see, at the rate of its authors.
  nin_cifar: { rate: 0.1, batch: 32, epochs: 10, pictures: 0, weightDecay: 1e-4 },
};

const adaptive: Readonly<Record<Exclude<OptimizerName, "sgd">, Pick<Recipe, "rate" | "weightDecay">>> = {
  adam: { rate: 0.001, weightDecay: 0 },
  adamw: { rate: 0.001, weightDecay: 0.01 },
  rmsprop: { rate: 0.001, weightDecay: 0 },
};

/** What is usual for a network, by the optimiser. */
export function recipeOf(model: ModelName, optimizer: OptimizerName, data: DataSource): Recipe {
  const heavy = !quick.includes(model);
  const recipe: Recipe = {
    ...{ optimizer, rate: heavy ? 0.01 : 0.03, batch: heavy ? 16 : 64, epochs: heavy ? 3 : 10 },
    ...{ weightDecay: 5e-4, pictures: heavy ? 500 : 0, size: heavy ? modestSide(model) : 0 },
    ...special[model],
    ...(optimizer !== "sgd" && adaptive[optimizer]),
  };
  // A reader's own pictures are few, and there are none to leave out.
  return data === "digits"
    ? recipe
    : { ...recipe, batch: Math.min(16, recipe.batch), epochs: 20, pictures: 0 };
}

/** A network for ImageNet at its own size takes a core seconds a picture: a side that its strides leave something of. */
function modestSide(model: ModelName): number {
  const [, side] = models[model].input;
  if (side <= 32) return 0;
  return side > 256 ? 139 : 96;
}

/**
 * The options that make `model` fit pictures of `shape` and their classes. `given` are those of the network that it
 * starts from.
 */
export function optionsFor(
  { model, size }: Pick<Settings, "model" | "size">,
  [channels, height, width]: Shape,
  classes: number,
  given?: ModelOptions,
): ModelOptions {
  const own = given ? given.size : sideFor(model, Math.max(height, width));
  const side = size > 0 ? size : own;
  return { ...given, classes, channels, ...(side !== undefined && { size: side }) };
}

type Shape = readonly [channels: number, height: number, width: number];

/** The form in which a reader's own pictures are given to a network: in colour, but to those made for digits. */
export function formFor(
  { model, size }: Pick<Settings, "model" | "size">,
  given?: ModelOptions,
): { readonly channels: number; readonly height: number; readonly width: number } {
  const grey = model === "mlp" || model.startsWith("lenet5");
  const [, own] = models[model].input;
  const wanted = given?.size ?? (grey ? 28 : own <= 32 ? 32 : modestSide(model));
  const side = size > 0 ? size : wanted;
  const [height, width] = typeof side === "number" ? [side, side] : side;
  return { channels: given?.channels ?? (grey ? 1 : 3), height, width };
}

/** The pictures' own side where the network takes any; LeNet-5's forms have theirs, which is what places a digit. */
function sideFor(model: ModelName, side: number): number | undefined {
  const [, own] = models[model].input;
  if (model.startsWith("lenet5")) return undefined;
  return own <= 32 ? Math.min(64, side) : Math.min(own, modestSide(model) || side);
}
