import { availableParallelism } from "node:os";
import { join } from "node:path";
import { readFile } from "../files/readFile.ts";
import { ConvnetsError, FormatError } from "../ir/errors.ts";
import type { Batch } from "./batches.ts";
import { checkIndex, type Normalization } from "./dataset.ts";
import { openPicture, pixelsOf } from "./decode.ts";
import { type HoldOutOptions, listFolder, type PictureFile } from "./folderList.ts";
import { inOrder, limited } from "./inOrder.ts";
import type { Pass, Pictures, Splits } from "./pictures.ts";

export interface FolderOptions extends HoldOutOptions {
  /** What every picture is made to: scaled until it covers the shape, and cut to it about its middle. */
  readonly shape?: readonly [channels: number, height: number, width: number];
  /** What becomes of a picture that cannot be decoded: left out and told, which is usual, or the end. */
  readonly broken?: "skip" | "fail";
  /** Told once of each picture that is left out. */
  readonly onBroken?: (error: ConvnetsError) => void;
  /** Pictures of more pixels count as broken. */
  readonly maxPixels?: number;
}

const maxFileBytes = 2 ** 28;
/** Batches that are decoded before they are asked for. */
const ahead = 2;
/** ImageNet's, which published networks were trained with. */
const colours: Normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const greys: Normalization = { mean: [0.449], std: [0.226] };

/** The pictures below a folder, which `listFolder` describes; each is decoded when its turn comes. */
export async function loadFolder(root: string, options: FolderOptions = {}): Promise<Splits> {
  const { classes, train, test } = await listFolder(root, options);
  return {
    train: picturesOf(`folder:${root} train`, root, train, classes, options),
    test: picturesOf(`folder:${root} test`, root, test, classes, options),
  };
}

function picturesOf(
  name: string,
  root: string,
  files: readonly PictureFile[],
  classes: readonly string[],
  options: FolderOptions,
): Pictures {
  const { shape = [3, 224, 224], broken = "skip", onBroken } = options;
  const normalization = shape[0] === 1 ? greys : colours;
  const told = new Set<string>();
  const leaveOut = (path: string, error: ConvnetsError): void => {
    if (broken === "fail") throw error;
    if (!told.has(path)) onBroken?.(error);
    told.add(path);
  };
  return {
    ...{ name, count: files.length, shape, classes, normalization },
    batches: (pass) => {
      // Decoding happens on the threads of sharp. More at once than there are cores would only take memory.
      const decoding = limited(availableParallelism());
      const pixels = async ({ path, label }: PictureFile) => {
        const found = await decoding(() => read(join(root, path), shape, options.maxPixels)).catch(
          (error: unknown) => {
            if (!(error instanceof ConvnetsError)) throw error;
            return error;
          },
        );
        return { path, label, found };
      };
      const make = async (some: readonly PictureFile[]): Promise<Batch> => {
        const good: { readonly label: number; readonly found: Uint8Array }[] = [];
        let reason: ConvnetsError | undefined;
        for (const { path, label, found } of await Promise.all(some.map(pixels)))
          if (found instanceof ConvnetsError) {
            reason = found;
            leaveOut(path, found);
          } else good.push({ label, found });
        if (good.length === 0)
          throw new FormatError(`none of ${some.length} pictures of a batch can be read; ${reason?.message}`);
        return filled(good, pass.size, shape);
      };
      return inOrder(parts(files, pass), make, ahead);
    },
  };
}

/** The files of each batch of a pass. */
function* parts(files: readonly PictureFile[], pass: Pass): Iterable<readonly PictureFile[]> {
  const { size, order, dropLast = false, start = 0 } = pass;
  const all =
    order === undefined
      ? files
      : Array.from(order, (index) => files[checkIndex(index, files.length, "batches")]).filter(isThere);
  for (let at = start * size; at < all.length; at += size) {
    const some = all.slice(at, at + size);
    if (dropLast && some.length < size) return;
    yield some;
  }
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** A batch of these pictures, repeated until it is full. */
function filled(
  good: readonly { readonly label: number; readonly found: Uint8Array }[],
  size: number,
  [channels, height, width]: Pictures["shape"],
): Batch {
  const stride = channels * height * width;
  const images = new Uint8Array(size * stride);
  const labels = new Int32Array(size);
  for (let slot = 0; slot < size; slot++) {
    const picture = good[slot % good.length];
    if (picture === undefined) continue;
    images.set(picture.found, slot * stride);
    labels[slot] = picture.label;
  }
  return { images, labels, count: good.length };
}

/** The pixels of a picture file, made to a shape. */
export async function read(
  path: string,
  [channels, height, width]: Pictures["shape"],
  maxPixels?: number,
): Promise<Uint8Array> {
  const options = maxPixels === undefined ? {} : { maxPixels };
  const picture = await openPicture(await readFile(path, maxFileBytes), path, options);
  const { data } = await pixelsOf(picture.resize(width, height, { fit: "cover" }), path, channels);
  return data;
}
