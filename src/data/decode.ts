import type { Sharp } from "sharp";
import { DeviceError, FormatError } from "../ir/errors.ts";
import type { Image } from "../transforms/image.ts";

/** The kinds of picture that are decoded: no SVG or PDF, which are programs rather than pixels. */
const formats: readonly string[] = ["png", "jpeg", "webp", "gif", "tiff", "heif"];

/** No camera makes more. */
export const usualMaxPixels: number = 2 ** 27;

export interface DecodeOptions {
  /** 1: grey; 3: red, green and blue. */
  readonly channels: number;
  /** A picture whose shorter side is longer than this is reduced to it, most of that while its file is decoded. */
  readonly shorterSide?: number;
  /** A picture of more pixels is refused before it takes memory: 2^27 unless said. */
  readonly maxPixels?: number;
}

/**
 * Decodes the bytes of a picture file: upright by its EXIF data, of an animation the first frame, in sRGB or grey of 8
 * bits, on white where it is transparent. `path` names it in errors. Throws `FormatError`.
 */
export async function decodePicture(bytes: Uint8Array, path: string, options: DecodeOptions): Promise<Image> {
  const { channels, shorterSide } = options;
  const whole = await openPicture(bytes, path, options);
  const sized = shorterSide
    ? whole.resize(shorterSide, shorterSide, { fit: "outside", withoutEnlargement: true })
    : whole;
  return pixelsOf(sized, path, channels);
}

/** A picture that is yet to be decoded, upright and without transparency, after a look at its header. */
export async function openPicture(
  bytes: Uint8Array,
  path: string,
  { maxPixels = usualMaxPixels }: Pick<DecodeOptions, "maxPixels"> = {},
): Promise<Sharp> {
  const sharp = await loadSharp();
  if (bytes.length === 0) throw refusal(path, "is empty");
  const source = sharp(bytes, { limitInputPixels: false, failOn: "error" });
  const { format, width, height } = await source.metadata().catch(() => {
    throw refusal(path, "is no picture");
  });
  if (!formats.includes(format)) throw refusal(path, `is a picture of the kind ${format}`);
  if (width * height > maxPixels)
    throw new FormatError(
      `${path}: ${width} x ${height} pixels, expected at most ${maxPixels}; make it smaller`,
    );
  return source.autoOrient().flatten({ background: "white" }).toColourspace("srgb");
}

/** Decodes what `openPicture` has opened. */
export async function pixelsOf(picture: Sharp, path: string, channels: number): Promise<Image> {
  const toned = channels === 1 ? picture.greyscale().toColourspace("b-w") : picture;
  const { data, info } = await toned
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw refusal(path, `is damaged: ${firstLine(error)}`);
    });
  if (info.channels !== channels)
    throw new FormatError(`${path}: decodes to ${info.channels} channels, expected ${channels}`);
  const { height, width } = info;
  return { data: planes(data, channels, height * width), channels, height, width };
}

function refusal(path: string, reason: string): FormatError {
  return new FormatError(`${path}: ${reason}, expected PNG, JPEG, WebP, GIF, TIFF or AVIF`);
}

async function loadSharp(): Promise<typeof import("sharp").default> {
  const { default: sharp } = await import("sharp").catch((error: unknown) => {
    throw new DeviceError(
      "pictures are decoded by the npm package sharp, which does not load; run: npm install sharp",
      { cause: error },
    );
  });
  return sharp;
}

/** From channels side by side to channels one behind the other. */
function planes(data: Uint8Array, channels: number, size: number): Uint8Array {
  // A copy too: the memory of an addon can't be handed to another thread.
  if (channels === 1) return Uint8Array.from(data);
  const pixels = new Uint8Array(data.length);
  for (let channel = 0; channel < channels; channel++)
    for (let at = channel, to = channel * size; at < data.length; at += channels)
      pixels[to++] = data[at] ?? 0;
  return pixels;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
