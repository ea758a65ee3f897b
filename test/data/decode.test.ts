import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { decodePicture } from "../../src/data/decode.ts";
import { FormatError } from "../../src/ir/errors.ts";

/** Six pixels: red, green, blue over black, grey, white; or in sixteen bits, or with transparency. */
const pixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 128, 128, 128, 255, 255, 255];
const six = () => sharp(Uint8Array.from(pixels), { raw: { width: 3, height: 2, channels: 3 } });
const planar = [0, 1, 2].flatMap((channel) => pixels.filter((_, at) => at % 3 === channel));

async function decoded(bytes: Uint8Array, channels = 3): Promise<readonly number[]> {
  const picture = await decodePicture(bytes, "p", { channels });
  expect([picture.channels, picture.height, picture.width]).toEqual([channels, 2, 3]);
  return [...picture.data];
}

describe("decoding", () => {
  test("gives channel behind channel, exactly what a lossless file holds", async () => {
    expect(await decoded(await six().png().toBuffer())).toEqual(planar);
    expect(await decoded(await six().webp({ lossless: true }).toBuffer())).toEqual(planar);
    expect(await decoded(await six().tiff({ compression: "lzw" }).toBuffer())).toEqual(planar);
    expect(await decoded(await six().gif().toBuffer())).toEqual(planar);
  });

  test("of an animation it takes the first frame", async () => {
    const frames = Uint8Array.from([...pixels, ...pixels.map((byte) => 255 - byte)]);
    const animation = await sharp(frames, { raw: { width: 3, height: 4, channels: 3, pageHeight: 2 } })
      .gif()
      .toBuffer();
    expect((await sharp(animation).metadata()).pages).toBe(2);
    expect(await decoded(animation)).toEqual(planar);
  });

  test("reads JPEG and AVIF, grey, CMYK and RGB, to what they look like", async () => {
    const grey = sharp({ create: { width: 3, height: 2, channels: 3, background: "#808080" } });
    // The inks of a CMYK file are of another range of colours: a grey comes back somewhat darker or lighter.
    const files = [
      [2, await grey.clone().jpeg({ quality: 100 }).toBuffer()],
      [2, await grey.clone().avif({ quality: 100 }).toBuffer()],
      [2, await grey.clone().toColourspace("b-w").jpeg({ quality: 100 }).toBuffer()],
      [16, await grey.clone().toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer()],
    ] as const;
    for (const [tolerance, file] of files)
      for (const byte of await decoded(file)) expect(Math.abs(byte - 128)).toBeLessThanOrEqual(tolerance);
  });

  test("makes 8 bits of 16, and grey of colours", async () => {
    const deep = await six().toColourspace("rgb16").png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe("ushort");
    expect(await decoded(deep)).toEqual(planar);
    const shades = await decoded(await six().png().toBuffer(), 1);
    expect([shades[3], shades[4], shades[5]]).toEqual([0, 128, 255]);
  });

  test("puts what is transparent on white", async () => {
    const clear = sharp({ create: { width: 3, height: 2, channels: 4, background: "rgba(0,0,0,0)" } });
    expect(await decoded(await clear.png().toBuffer())).toEqual(new Array(18).fill(255));
  });

  test("turns it upright as EXIF says", async () => {
    // Orientation 6: the row on top is the right column.
    const turned = await six().rotate(-90).withMetadata({ orientation: 6 }).png().toBuffer();
    expect(await decoded(turned)).toEqual(planar);
  });

  test("reduces to a shorter side and never enlarges", async () => {
    const large = await sharp({ create: { width: 90, height: 60, channels: 3, background: "#102030" } })
      .jpeg()
      .toBuffer();
    const sides = async (shorterSide: number) => {
      const { height, width } = await decodePicture(large, "p", { channels: 3, shorterSide });
      return [height, width];
    };
    expect([await sides(20), await sides(200)]).toEqual([
      [20, 30],
      [60, 90],
    ]);
  });

  test("refuses what is no picture, damaged, a program, or too large, by name", async () => {
    const expected = "expected PNG, JPEG, WebP, GIF, TIFF or AVIF";
    const expectRefusal = (bytes: Uint8Array, message: string | RegExp, maxPixels = 100) =>
      expect(decodePicture(bytes, "p", { channels: 3, maxPixels })).rejects.toThrow(
        typeof message === "string" ? new FormatError(message) : message,
      );
    await expectRefusal(new Uint8Array(), `p: is empty, ${expected}`);
    await expectRefusal(Uint8Array.of(1, 2, 3), `p: is no picture, ${expected}`);
    await expectRefusal(
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"></svg>'),
      `p: is a picture of the kind svg, ${expected}`,
    );
    const whole = await six().png().toBuffer();
    await expectRefusal(whole, "p: 3 x 2 pixels, expected at most 5; make it smaller", 5);
    await expectRefusal(whole.subarray(0, whole.length - 20), /^p: is (damaged: |no picture)/);
  });
});
