import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../files/readFile.ts";
import { ConvnetsError, UsageError } from "../ir/errors.ts";
import { randomBits, streamKey, streamOf } from "../ir/random.ts";

/** A picture of a folder, and the place of its class in the list of classes. */
export interface PictureFile {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly label: number;
}

export interface FolderList {
  readonly classes: readonly string[];
  readonly train: readonly PictureFile[];
  readonly test: readonly PictureFile[];
  /** Files that are no pictures by their names. */
  readonly others: readonly string[];
}

export interface HoldOutOptions {
  /** The part of each class that is tested with, where the folder itself does not say: 0.2 unless said. */
  readonly holdOut?: number;
  /** Decides which pictures these are. */
  readonly seed?: number;
}

const pictureNames = /\.(jpe?g|jpe|jfif|png|webp|avif|gif|tiff?)$/i;
/** Names that the held-out part goes by, the first that is there. */
const testNames = ["test", "val", "valid", "validation"];

/**
 * The pictures below a folder: a sub-folder a class, its name the name of the class; or `train` and `test` (or `val`)
 * with such sub-folders each. Classes and pictures are in the order of their names by code units. Hidden files and
 * folders are left out; links are followed, but not in circles.
 */
export async function listFolder(
  root: string,
  { holdOut: part = 0.2, seed = 1 }: HoldOutOptions = {},
): Promise<FolderList> {
  if (!(part > 0 && part < 1))
    throw new UsageError(`${root}: the part held out is ${part}, expected a number between 0 and 1`);
  const { folders } = await entriesOf(root);
  const test = testNames.find((name) => folders.includes(name));
  if (folders.includes("train") && test !== undefined) return divided(root, test);
  const found = await classesOf(root, "");
  const parts = found.classes.map((_, label) =>
    holdOut(
      found.files.filter((file) => file.label === label),
      part,
      seed,
    ),
  );
  return {
    classes: found.classes,
    train: parts.flatMap(({ kept }) => kept),
    test: parts.flatMap(({ held }) => held),
    others: found.others,
  };
}

async function divided(root: string, testName: string): Promise<FolderList> {
  const train = await classesOf(root, "train");
  const test = await classesOf(root, testName);
  const files = test.files.map(({ path, label }) => {
    const name = test.classes[label] ?? "";
    const known = train.classes.indexOf(name);
    if (known < 0)
      throw new UsageError(`${join(root, testName, name)}: there is no such class in ${join(root, "train")}`);
    return { path, label: known };
  });
  return {
    classes: train.classes,
    train: train.files,
    test: files,
    others: [...train.others, ...test.others],
  };
}

/**
 * Which files are held out follows from their own names and the seed: a file that is added or taken away moves at most
 * one other. At least one stays on either side where there are two.
 */
function holdOut(
  files: readonly PictureFile[],
  part: number,
  seed: number,
): { readonly kept: readonly PictureFile[]; readonly held: readonly PictureFile[] } {
  const rank = new Map(files.map(({ path }) => [path, randomBits(streamKey(seed, streamOf(path)), 0)]));
  const number = Math.min(Math.max(Math.round(files.length * part), 1), files.length - 1);
  const chosen = new Set(
    files.toSorted((a, b) => (rank.get(a.path) ?? 0) - (rank.get(b.path) ?? 0)).slice(0, Math.max(number, 0)),
  );
  return {
    kept: files.filter((file) => !chosen.has(file)),
    held: files.filter((file) => chosen.has(file)),
  };
}

interface Found {
  readonly classes: readonly string[];
  readonly files: readonly PictureFile[];
  readonly others: readonly string[];
}

/** What is below `part` of the folder, a sub-folder a class. */
async function classesOf(root: string, part: string): Promise<Found> {
  const whole = join(root, part);
  const { folders } = await entriesOf(whole);
  const files: PictureFile[] = [];
  const others: string[] = [];
  for (const [label, name] of folders.entries()) {
    const below = await filesBelow(root, part === "" ? name : `${part}/${name}`, []);
    const pictures = below.filter((path) => pictureNames.test(path)).sort();
    if (pictures.length === 0)
      throw new UsageError(
        `${join(whole, name)}: has no pictures (PNG, JPEG, WebP, GIF, TIFF, AVIF), expected those of the class ${name}`,
      );
    files.push(...pictures.map((path) => ({ path, label })));
    others.push(...below.filter((path) => !pictureNames.test(path)));
  }
  if (folders.length === 0)
    throw new UsageError(
      `${whole}: has no sub-folders, expected one a class, or train and test with one a class`,
    );
  return { classes: folders, files, others: others.sort() };
}

/** The files below `folder`, at any depth. `trail` is the real paths of the folders on the way there. */
async function filesBelow(
  root: string,
  folder: string,
  trail: readonly string[],
): Promise<readonly string[]> {
  const here = await realpath(join(root, folder));
  if (trail.includes(here)) return [];
  const { folders, files } = await entriesOf(join(root, folder));
  const found = files.map((name) => `${folder}/${name}`);
  for (const name of folders) found.push(...(await filesBelow(root, `${folder}/${name}`, [...trail, here])));
  return found;
}

/** Names in order. A link is what it leads to; one that leads nowhere is a file, which then cannot be read. */
async function entriesOf(
  folder: string,
): Promise<{ readonly folders: readonly string[]; readonly files: readonly string[] }> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    const code = errorCode(error);
    if (code === "ENOENT") throw new UsageError(`${folder}: no such folder`);
    if (code === "ENOTDIR") throw new UsageError(`${folder}: is a file, expected a folder of pictures`);
    throw new ConvnetsError(`${folder}: cannot be listed (${code})`);
  });
  const folders: string[] = [];
  const files: string[] = [];
  for (const entry of entries.filter(({ name }) => !name.startsWith("."))) {
    const isFolder =
      entry.isDirectory() ||
      (entry.isSymbolicLink() &&
        (await stat(join(folder, entry.name)).then(
          (target) => target.isDirectory(),
          () => false,
        )));
    (isFolder ? folders : files).push(entry.name);
  }
  return { folders: folders.sort(), files: files.sort() };
}
