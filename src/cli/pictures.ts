import { readFile } from "../files/readFile.ts";
import { DeviceError, FormatError } from "../ir/errors.ts";

export interface Picture {
  /** u8 `[c, h, w]` */
  readonly pixels: Uint8Array;
  /** The mean of the outermost pixels, 0 to 255, before anything is inverted. */
  readonly border: number;
}

/** The kinds of picture that are decoded: no SVG or PDF, which are programs rather than pixels. */
const formats = ["png", "jpeg", "webp", "gif", "tiff", "heif"];
const maxFileBytes = 2 ** 28;
const maxPixels = 2 ** 27;

/**
 * Reads a picture file as a network takes it: grey for one channel, else RGB; what is transparent is white; the whole
 * picture scaled to fit the shape, with black where its proportions leave a gap. `invert` swaps bright and dark.
 */
export async function readPicture(
  path: string,
  [channels, height, width]: readonly [channels: number, height: number, width: number],
  invert: boolean,
): Promise<Picture> {
  const bytes = await readFile(path, maxFileBytes);
  const { default: sharp } = await import("sharp").catch((error: unknown) => {
    throw new DeviceError(
      "pictures are decoded by the npm package sharp, which does not load; run: npm install sharp",
      {
        cause: error,
      },
    );
  });
  const refuse = (reason: string): never => {
    throw new FormatError(`${path}: ${reason}, expected PNG, JPEG, WebP, GIF, TIFF or AVIF`);
  };
  if (bytes.length === 0) refuse("is empty");
  const source = sharp(bytes, { limitInputPixels: maxPixels, failOn: "error" });
  const format = await source.metadata().then(
    (metadata) => metadata.format,
    () => refuse("is no picture"),
  );
  if (!formats.includes(format)) refuse(`is a picture of the kind ${format}`);
  const upright = source.rotate().flatten({ background: "white" }).toColourspace("srgb");
  const coloured = channels === 1 ? upright.greyscale() : upright;
  const toned = invert ? coloured.negate() : coloured;
  const fitted = toned.resize(width, height, { fit: "contain", background: "black" });
  const { data } = await fitted
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => refuse(`is damaged: ${firstLine(error)}`));
  const pixels = planes(data, channels, height * width);
  if (pixels.length !== channels * height * width) refuse(`does not decode to ${channels} channels`);
  const border = borderOf(pixels, height, width);
  return { pixels, border: invert ? 255 - border : border };
}

/** From channels side by side to channels one behind the other. */
function planes(data: Uint8Array, channels: number, size: number): Uint8Array {
  const pixels = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++)
    pixels[(at % channels) * size + Math.floor(at / channels)] = data[at] ?? 0;
  return pixels;
}

function borderOf(pixels: Uint8Array, height: number, width: number): number {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      if (row === 0 || column === 0 || row === height - 1 || column === width - 1) {
        sum += pixels[row * width + column] ?? 0;
        count++;
      }
  return sum / count;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
