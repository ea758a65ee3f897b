import { availableParallelism } from "node:os";
import { join } from "node:path";
import { readFile } from "../files/readFile.ts";
import { ConvnetsError, FormatError } from "../ir/errors.ts";
import type { TransformSpec } from "../transforms/definitions.ts";
import type { Image } from "../transforms/image.ts";
import { createTransforms } from "../transforms/pipeline.ts";
import type { Batch } from "./batches.ts";
import { checkIndex, type Normalization } from "./dataset.ts";
import { decodePicture, openPicture, pixelsOf } from "./decode.ts";
import { type CacheOptions, DecodedCache } from "./decodedCache.ts";
import { type HoldOutOptions, listFolder, type PictureFile } from "./folderList.ts";
import { inOrder, limited } from "./inOrder.ts";
import type { Pass, Pictures, Splits } from "./pictures.ts";
import { batchOf, shapeAfter } from "./transformed.ts";
import { TransformThreads } from "./transformThreads.ts";

export interface FolderOptions extends HoldOutOptions {
  /** What every picture is made to: scaled until it covers the shape, and cut to it about its middle. */
  readonly shape?: readonly [channels: number, height: number, width: number];
  /** What becomes of a picture that cannot be decoded: left out and told, which is usual, or the end. */
  readonly broken?: "skip" | "fail";
  /** Told once of each picture that is left out. */
  readonly onBroken?: (error: ConvnetsError) => void;
  /** Pictures of more pixels count as broken. */
  readonly maxPixels?: number;
  /** Where decoded pictures are kept for later passes and trainings: nowhere unless said. */
  readonly decodedCache?: CacheOptions;
}

const maxFileBytes = 2 ** 28;
/** Batches that are decoded before they are asked for. */
const ahead = 2;
/** A picture of so many times the sides of the result has room for every crop. */
const roomy = 4;
/** ImageNet's, which published networks were trained with. */
const colours: Normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const greys: Normalization = { mean: [0.449], std: [0.226] };

/** The pictures below a folder, which `listFolder` describes; each is decoded when its turn comes. */
export async function loadFolder(root: string, options: FolderOptions = {}): Promise<Splits> {
  const { classes, train, test } = await listFolder(root, options);
  return {
    train: picturesOf({ name: `folder:${root} train`, root, files: train, classes }, options),
    test: picturesOf({ name: `folder:${root} test`, root, files: test, classes }, options),
  };
}

interface Part {
  readonly name: string;
  readonly root: string;
  readonly files: readonly PictureFile[];
  readonly classes: readonly string[];
}

/** Pictures made to the shape of the options, or those that `specs` make of whole pictures. */
function picturesOf(part: Part, options: FolderOptions, specs?: readonly TransformSpec[]): Pictures {
  const { name, root, files, classes } = part;
  const { shape: wanted = [3, 224, 224], broken = "skip", onBroken } = options;
  const [channels, height, width] = wanted;
  const shape =
    specs === undefined
      ? wanted
      : shapeAfter(createTransforms(specs), [channels, roomy * height, roomy * width]);
  const decoding = specs === undefined ? covering(wanted, options) : whole(wanted, specs, options);
  const read = reading(decoding, options);
  const told = new Set<string>();
  const leaveOut = (path: string, error: ConvnetsError): void => {
    if (broken === "fail") throw error;
    if (!told.has(path)) onBroken?.(error);
    told.add(path);
  };
  return {
    ...{ name, count: files.length, shape, classes },
    normalization: channels === 1 ? greys : colours,
    transformed: (more) => picturesOf(part, options, [...(specs ?? []), ...more]),
    batches: async function* (pass) {
      const pool = specs && new TransformThreads({ specs, shape });
      // Decoding happens on the threads of sharp. More at once than there are cores would only take memory.
      const turn = limited(availableParallelism());
      const decoded = async (place: Place) => {
        const found = await turn(() => read(join(root, place.path))).catch((error: unknown) => {
          if (!(error instanceof ConvnetsError)) throw error;
          return error;
        });
        return { ...place, found };
      };
      const places = placesOf(files, pass);
      const make = async (at: number): Promise<Batch> => {
        const { good, count } = await readable(at);
        const work = {
          images: good.map(({ found }) => found),
          indices: good.map(({ index }) => index),
          ...{ seed: pass.seed, epoch: pass.epoch },
        };
        const pixels = await (pool ? pool.run(work) : joined(work.images));
        const labels = Int32Array.from(
          { length: pass.size },
          (_, slot) => good[slot % good.length]?.label ?? 0,
        );
        return { ...batchOf(pixels, labels, good.length), count };
      };
      // Where none of a batch can be read its slots go to the next that can, which are counted in their own batch.
      const readable = async (at: number) => {
        let reason: ConvnetsError | undefined;
        for (let tried = 0; tried < places.length; tried += pass.size) {
          const from = (at + tried) % places.length;
          const good: (Place & { readonly found: Image })[] = [];
          const some = places.slice(from, from + pass.size);
          for (const { found, ...place } of await Promise.all(some.map(decoded)))
            if (found instanceof ConvnetsError) {
              reason = found;
              leaveOut(place.path, found);
            } else good.push({ ...place, found });
          if (good.length > 0) return { good, count: tried === 0 ? good.length : 0 };
        }
        throw new FormatError(
          `${name}: none of ${places.length} pictures of a pass can be read; ${reason?.message}`,
        );
      };
      try {
        yield* inOrder(startsOf(places.length, pass), make, ahead);
      } finally {
        pool?.close();
      }
    },
  };
}

/** A picture's file, and where it is in the list of them. */
interface Place extends PictureFile {
  readonly index: number;
}

/** The pictures of a whole pass. */
function placesOf(files: readonly PictureFile[], { order }: Pass): readonly Place[] {
  return [...(order ?? files.keys())].flatMap((index) => {
    const file = files[checkIndex(index, files.length, "batches")];
    return file ? [{ ...file, index }] : [];
  });
}

/** Where each batch of a pass begins. */
function* startsOf(total: number, { size, dropLast = false, start = 0 }: Pass): Iterable<number> {
  for (let at = start * size; at < total; at += size) {
    if (dropLast && total - at < size) return;
    yield at;
  }
}

function joined(images: readonly Image[]): Uint8Array {
  const stride = images[0]?.data.length ?? 0;
  const pixels = new Uint8Array(images.length * stride);
  images.forEach(({ data }, slot) => {
    pixels.set(data, slot * stride);
  });
  return pixels;
}

/** Makes pixels of a picture's file, by the way that `recipe` describes. */
interface Decoding {
  readonly recipe: string;
  decode(bytes: Uint8Array, path: string): Promise<Image>;
}

/** Reads pictures, by way of a cache where there is one. */
function reading(
  { recipe, decode }: Decoding,
  { decodedCache }: FolderOptions,
): (path: string) => Promise<Image> {
  const kept = decodedCache && new DecodedCache(decodedCache);
  return async (path) => {
    const bytes = await readFile(path, maxFileBytes);
    return kept ? kept.decoded(bytes, recipe, () => decode(bytes, path)) : decode(bytes, path);
  };
}

/** Scaled until they cover the shape, and cut to it about the middle. */
function covering([channels, height, width]: Pictures["shape"], { maxPixels }: FolderOptions): Decoding {
  return {
    recipe: `cover ${channels}x${height}x${width} ${maxPixels}`,
    decode: async (bytes, path) => {
      const picture = await openPicture(bytes, path, limitOf(maxPixels));
      return pixelsOf(picture.resize(width, height, { fit: "cover" }), path, channels);
    },
  };
}

/**
 * Whole pictures, reduced where they are much larger than the transforms need: to four times the result where they
 * begin with a random crop, whose sides are mostly above a quarter, and to twice where they begin with resizing.
 */
function whole(
  [channels, height, width]: Pictures["shape"],
  [first]: readonly TransformSpec[],
  { maxPixels }: FolderOptions,
): Decoding {
  const times = first?.name === "resize" ? 2 : first?.name === "randomResizedCrop" ? roomy : undefined;
  const reduced = times === undefined ? {} : { shorterSide: times * Math.max(height, width) };
  const options = { channels, ...reduced, ...limitOf(maxPixels) };
  return {
    recipe: `whole ${JSON.stringify(options)}`,
    decode: (bytes, path) => decodePicture(bytes, path, options),
  };
}

function limitOf(maxPixels: number | undefined): Pick<FolderOptions, "maxPixels"> {
  return maxPixels === undefined ? {} : { maxPixels };
}
