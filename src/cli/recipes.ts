import { UsageError } from "../ir/errors.ts";
import { nearest } from "../ir/nearest.ts";
import type { ModelName } from "../models/registry.ts";
import type { Effective, Settings } from "./settings.ts";

/** How every model is trained unless told otherwise. */
const usual = {
  data: "digits",
  seed: 1,
  epochs: 10,
  batch: 64,
  rate: 0.03,
  momentum: 0.9,
  weightDecay: 5e-4,
  schedule: "cosine",
  warmup: 0.05,
} as const satisfies Settings;

const special: Partial<Readonly<Record<string, Settings>>> = {
  // Distances to patterns grow with the square of the output and their gradients with it: 0.01 already diverges.
  lenet5_paper: { rate: 0.002, batch: 32 },
  // 96 is enough for pictures of 28x28 and takes a fifth of the arithmetic of 224. 0.02 does not start well.
  googlenet_article: { rate: 0.01, batch: 32, weightDecay: 2e-4, size: 96 },
} satisfies Partial<Record<ModelName, Settings>>;

interface Recipe {
  readonly about: string;
  readonly settings: Settings;
}

/** Recipes by name: what `--recipe` sets, before configuration files and flags do. */
export const recipes: Readonly<Record<string, Recipe>> = {
  resnet_cifar: {
    about: "He et al. 2016, section 4.2: 64,000 steps, the rate divided by 10 after 32,000 and 48,000",
    settings: {
      ...{ batch: 128, rate: 0.1, momentum: 0.9, weightDecay: 1e-4, warmup: 0, augment: "cifar" },
      // 50,000 pictures make 390 steps an epoch.
      ...{
        schedule: "multistep",
        gamma: 0.1,
        milestones: [32_000 / 390, 48_000 / 390],
        epochs: 165,
        steps: 64_000,
      },
    },
  },
  resnet_cifar_short: {
    about: "ResNet-20 on CIFAR-10 in a coffee break",
    settings: {
      ...{ batch: 128, rate: 0.2, momentum: 0.9, nesterov: true, weightDecay: 5e-4, augment: "cifar" },
      ...{ schedule: "onecycle", warmup: 0.2, epochs: 30 },
    },
  },
  nin_cifar: {
    about: "Lin, Chen and Yan 2014: batch 128, the rate divided by 10 at plateaus",
    settings: {
      ...{ batch: 128, rate: 0.1, momentum: 0.9, weightDecay: 1e-4, epochs: 200 },
      ...{ schedule: "plateau", gamma: 0.1, patience: 10, warmup: 0.01, augment: "cifar" },
    },
  },
  lenet5: {
    about: "LeNet-5 in its modern form on digits",
    settings: {
      batch: 64,
      rate: 0.02,
      momentum: 0.9,
      weightDecay: 5e-4,
      schedule: "cosine",
      warmup: 0.05,
      epochs: 12,
    },
  },
  alexnet: {
    about: "Krizhevsky, Sutskever and Hinton 2012, section 5: 90 epochs, the rate divided by 10 at plateaus",
    settings: {
      ...{ batch: 128, rate: 0.01, momentum: 0.9, weightDecay: 5e-4, epochs: 90 },
      ...{ schedule: "plateau", gamma: 0.1, patience: 5, warmup: 0, augment: "alexnet" },
    },
  },
  googlenet: {
    about: "Szegedy et al. 2015, section 6: the rate falls by 4 % every 8 epochs",
    settings: {
      ...{ batch: 128, rate: 0.01, momentum: 0.9, weightDecay: 2e-4, epochs: 250 },
      ...{ schedule: "step", gamma: 0.96, decayEvery: 8, warmup: 0, augment: "imagenet" },
    },
  },
  torchvision: {
    about:
      "torchvision's reference training of ResNet, on one worker: 90 epochs, the rate divided by 10 every 30",
    settings: {
      // 0.1 is for 8 workers with batches of 32.
      ...{ batch: 32, rate: 0.0125, momentum: 0.9, weightDecay: 1e-4, epochs: 90 },
      ...{ schedule: "step", gamma: 0.1, decayEvery: 30, warmup: 0, augment: "imagenet" },
    },
  },
};

/** All settings of a training: `given` goes before the recipe, and that before what is usual for the model. */
export function effective(model: string, given: Settings): Effective {
  const recipe = given.recipe === undefined ? {} : recipeNamed(given.recipe).settings;
  return { ...usual, ...special[model], ...recipe, ...given, model };
}

function recipeNamed(name: string): Recipe {
  const recipe = recipes[name];
  if (recipe !== undefined) return recipe;
  const near = nearest(name, Object.keys(recipes));
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new UsageError(`there is no recipe "${name}", expected ${Object.keys(recipes).join(", ")}${hint}`);
}
