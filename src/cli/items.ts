import { Option } from "commander";
import { checkIndex } from "../data/dataset.ts";
import { UsageError } from "../ir/errors.ts";
import type { ImageForm } from "../train/images.ts";
import { whole } from "./flags.ts";
import { type Io, note } from "./io.ts";
import type { Network } from "./network.ts";
import { readPicture } from "./pictures.ts";

/** How a command is told which pictures to look at, beside their files. */
export interface ItemFlags {
  readonly invert?: boolean;
  readonly index?: readonly number[];
}

/** A picture to look at, and where it is from. */
export interface Item {
  readonly source: string;
  /** u8 `[c, h, w]` */
  readonly pixels: Uint8Array;
  /** What it shows, where that is known. */
  readonly truth?: string;
}

export function invertOption(): Option {
  return new Option(
    "--invert",
    "swap bright and dark: dark ink on white paper becomes what digits networks know",
  );
}

export function indexOption(): Option {
  return new Option(
    "--index <list>",
    "test pictures of the data set instead of files, for example 0,1,2",
  ).argParser((list) => list.split(",").map(whole(0)));
}

/** Throws `UsageError` where pictures are named in both ways. */
export function expectOneSource(command: string, files: readonly string[], { index }: ItemFlags): void {
  if (files.length > 0 && index !== undefined)
    throw new UsageError(`${command}: give picture files or --index, not both`);
}

/** The pictures that `command` is given, all of one shape. */
export async function itemsOf(
  command: string,
  files: readonly string[],
  network: Network,
  { index, invert = false }: ItemFlags,
  io: Io,
): Promise<{ readonly shape: ImageForm["shape"]; readonly items: readonly Item[] }> {
  if (index !== undefined) return heldOut(command, network, index);
  return { shape: network.image.shape, items: await read(files, network, invert, io) };
}

async function read(
  files: readonly string[],
  { image, trainedOn }: Network,
  invert: boolean,
  io: Io,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  // Dark pictures with bright drawings, such as MNIST's, have a dark mean.
  const expectsDark = image.shape[0] === 1 && (image.normalization.mean[0] ?? 1) < 0.4;
  // As the network has seen pictures: those of a folder were cut to the shape, and so are those that published weights
  // for colours were trained with.
  const cuts = trainedOn?.startsWith("folder:") ?? image.shape[0] === 3;
  for (const source of files) {
    const { pixels, border } = await readPicture(source, image.shape, {
      invert,
      fit: cuts ? "cover" : "contain",
    });
    if (expectsDark && border > 160 && !invert)
      note(io, `${source} is bright at its border, this network knows bright on dark: try --invert`);
    items.push({ source, pixels });
  }
  return items;
}

async function heldOut(
  command: string,
  network: Network,
  wanted: readonly number[],
): Promise<{ readonly shape: ImageForm["shape"]; readonly items: readonly Item[] }> {
  const { test } = await network.data();
  const order = Uint32Array.from(wanted, (index) => checkIndex(index, test.count, `${command} --index`));
  const items: Item[] = [];
  for await (const { images, labels } of test.batches({ size: 1, order, seed: 0, epoch: 0 })) {
    const source = `${test.name} ${order[items.length]}`;
    items.push({ source, truth: test.classes[labels[0] ?? 0] ?? "", pixels: images.slice() });
  }
  return { shape: test.shape, items };
}
