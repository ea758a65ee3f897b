import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { readFile } from "../files/readFile.ts";
import { ConvnetsError } from "../ir/errors.ts";
import { openPicture, pixelsOf } from "./decode.ts";
import { listFolder, type PictureFile } from "./folderList.ts";
import { inOrder } from "./inOrder.ts";

/** What a folder of pictures holds. Paths are below the folder, with slashes. */
export interface FolderReport {
  readonly pictures: number;
  readonly classes: readonly { readonly name: string; readonly train: number; readonly test: number }[];
  /** Of the pictures that can be read; undefined where there are none. */
  readonly sizes?: { readonly smallest: Size; readonly largest: Size };
  readonly broken: readonly { readonly path: string; readonly reason: string }[];
  /** Groups of files with the same bytes. */
  readonly duplicates: readonly (readonly string[])[];
  /** Files that are no pictures by their names, and not read. */
  readonly others: readonly string[];
}

/** By its number of pixels. */
type Size = readonly [width: number, height: number];

const maxFileBytes = 2 ** 28;

/** Reads and decodes every picture of a folder, and tells what training would stumble over. */
export async function checkFolder(root: string): Promise<FolderReport> {
  const { classes, train, test, others } = await listFolder(root);
  const files = [...train, ...test].sort((a, b) => (a.path < b.path ? -1 : 1));
  const broken: { path: string; reason: string }[] = [];
  const byContent = new Map<string, string[]>();
  let smallest: Size | undefined;
  let largest: Size | undefined;
  for await (const found of inOrder(files, (file) => look(root, file), availableParallelism())) {
    const { path } = found;
    if (found.content !== undefined)
      byContent.set(found.content, [...(byContent.get(found.content) ?? []), path]);
    if ("reason" in found) broken.push({ path, reason: found.reason });
    else {
      if (smallest === undefined || area(found.size) < area(smallest)) smallest = found.size;
      if (largest === undefined || area(found.size) > area(largest)) largest = found.size;
    }
  }
  const countOf = (some: readonly PictureFile[], label: number) =>
    some.filter((file) => file.label === label).length;
  return {
    pictures: files.length,
    classes: classes.map((name, label) => ({
      ...{ name, train: countOf(train, label), test: countOf(test, label) },
    })),
    ...(smallest && largest && { sizes: { smallest, largest } }),
    broken,
    duplicates: [...byContent.values()].filter(({ length }) => length > 1),
    others,
  };
}

type Look = { readonly path: string; readonly content?: string } & (
  | { readonly size: Size }
  | { readonly reason: string }
);

async function look(root: string, { path }: PictureFile): Promise<Look> {
  let content: string | undefined;
  try {
    const bytes = await readFile(join(root, path), maxFileBytes);
    content = createHash("sha256").update(bytes).digest("hex");
    const picture = await openPicture(bytes, path);
    const { autoOrient } = await picture.metadata();
    // As small as it may be, since the file is read to its end all the same.
    await pixelsOf(picture.resize(16, 16, { fit: "fill" }), path, 3);
    return { path, content, size: [autoOrient.width, autoOrient.height] };
  } catch (error) {
    if (!(error instanceof ConvnetsError)) throw error;
    const reason = error.message.slice(error.message.indexOf(": ") + 2);
    return { path, ...(content !== undefined && { content }), reason };
  }
}

function area([width, height]: Size): number {
  return width * height;
}
