import type { Normalization } from "./dataset.ts";

export type CifarVariant = "cifar10" | "cifar100";

interface Variant {
  readonly classes: readonly string[];
  /** Mean and standard deviation over the pixels of the training pictures, a channel. */
  readonly normalization: Normalization;
  readonly mirrors: readonly string[];
  readonly archive: string;
  readonly sha256: string;
  /** In the archive. */
  readonly folder: string;
  readonly files: { readonly train: readonly string[]; readonly test: string };
  /** Before each picture. */
  readonly labelBytes: number;
}

const mirrors = ["https://www.cs.toronto.edu/~kriz/"];

export const cifar10Classes: readonly string[] =
  "airplane automobile bird cat deer dog frog horse ship truck".split(" ");

export const variants: Readonly<Record<CifarVariant, Variant>> = {
  cifar10: {
    classes: cifar10Classes,
    normalization: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
    mirrors,
    archive: "cifar-10-binary.tar.gz",
    sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    folder: "cifar-10-batches-bin",
    files: { train: [1, 2, 3, 4, 5].map((part) => `data_batch_${part}.bin`), test: "test_batch.bin" },
    labelBytes: 1,
  },
  cifar100: {
    classes: fineClasses(),
    normalization: { mean: [0.5071, 0.4865, 0.4409], std: [0.2673, 0.2564, 0.2762] },
    mirrors,
    archive: "cifar-100-binary.tar.gz",
    sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
    folder: "cifar-100-binary",
    files: { train: ["train.bin"], test: "test.bin" },
    labelBytes: 2,
  },
};

function fineClasses(): readonly string[] {
  return `
  apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can
  castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin
  elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster
  man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck
  pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk
  skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger
  tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
  `
    .trim()
    .split(/\s+/);
}
