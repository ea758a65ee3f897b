// What a file of weights does not say and has to be asked of its reader, with the answer that is likely right.

import {
  type Classifier,
  cifar10Classes,
  digitClasses,
  digitNormalization,
  imagenet,
  type Normalization,
  plusMinusOne,
} from "convnets";

type Made = Pick<Classifier, "input" | "classes" | "normalization">;

/** The input ranges that networks are usually trained for. */
export const ranges: Readonly<Record<string, Normalization>> = {
  "MNIST's digits": digitNormalization,
  "ImageNet's colours": imagenet,
  "CIFAR-10's colours": { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  "from -1 to 1": plusMinusOne,
  "from 0 to 1": { mean: [0], std: [1] },
  "from 0 to 255": { mean: [0], std: [1 / 255] },
};

/** The network's own range, or that of most networks with such an input. */
export function rangeFor({ input: [channels], normalization }: Made): Normalization {
  return normalization ?? (channels === 3 ? imagenet : digitNormalization);
}

/** Whether this looks like a network for MNIST: ten classes of small grey pictures. */
export function readsDigits({ input: [channels, height], classes }: Made): boolean {
  return channels === 1 && height <= 32 && classes === digitClasses.length;
}

/** Names for the classes: those of MNIST or CIFAR-10 for such networks, else numbers. */
export function classesFor(made: Made): readonly string[] {
  const { input, classes } = made;
  if (readsDigits(made)) return digitClasses;
  if (input[0] === 3 && input[1] === 32 && classes === cifar10Classes.length) return cifar10Classes;
  return Array.from({ length: classes }, (_, index) => `class ${index}`);
}
