import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { dimensionsOf } from "../../app/pictures/dimensions.ts";
import { bytesText } from "../../app/pictures/limits.ts";
import { folderOf, isPictureName, nameOf, partsOf, plain } from "../../app/pictures/names.ts";

describe("names in folders and archives", () => {
  it("a picture's class is the folder it lies in", () => {
    expect(folderOf("animals/cats/1.jpg")).toBe("cats");
    expect(folderOf("1.jpg")).toBeUndefined();
  });

  it("names that would lead elsewhere are only names", () => {
    expect(partsOf("../../etc/passwd.png")).toEqual(["etc", "passwd.png"]);
    expect(partsOf("C:\\pictures\\..\\1.png")).toEqual(["pictures", "1.png"]);
    expect(partsOf("/absolute//x/./1.png")).toEqual(["absolute", "x", "1.png"]);
    expect(folderOf("../1.png")).toBeUndefined();
  });

  it("characters that nobody sees, or that turn the reading direction, are left out", () => {
    expect(plain("ca\u202Ets\u0000\n\u200B")).toBe("cats");
    expect(plain("x".repeat(500))).toHaveLength(80);
    expect(nameOf("a/\u0007")).toBe("a");
  });

  it("pictures are told by their endings, and hidden ones are none", () => {
    const names = ["a/1.JPG", "1.webp", "1.txt", "a/.1.png", "__MACOSX/1.png", ".git/1.png", "1.svg"];
    expect(names.filter(isPictureName)).toEqual(["a/1.JPG", "1.webp"]);
  });
});

describe("the size that a picture's file says it has", () => {
  const blank = sharp({ create: { width: 37, height: 21, channels: 3, background: "red" } });
  it.each([
    ["png", () => blank.clone().png()],
    [
      "jpeg",
      () =>
        blank
          .clone()
          .withExif({ IFD0: { Copyright: "nobody" } })
          .jpeg(),
    ],
    ["progressive jpeg", () => blank.clone().jpeg({ progressive: true })],
    ["gif", () => blank.clone().gif()],
    ["webp", () => blank.clone().webp()],
    ["lossless webp", () => blank.clone().webp({ lossless: true })],
    [
      "webp with a profile",
      () =>
        blank
          .clone()
          .withExif({ IFD0: { Copyright: "nobody" } })
          .webp(),
    ],
  ])("is read of %s", async (_, file) => {
    expect(dimensionsOf(await file().toBuffer())).toEqual({ width: 37, height: 21 });
  });

  it("is unknown of a file that ends within its header, or is another's", async () => {
    const whole = await blank.clone().jpeg().toBuffer();
    for (const length of [0, 1, 2, 3, 10, 20])
      expect(dimensionsOf(whole.subarray(0, length))).toBeUndefined();
    expect(dimensionsOf(new TextEncoder().encode("hello, world, this is no picture"))).toBeUndefined();
  });

  it("is told in units that people read", () => {
    expect([bytesText(12), bytesText(1536), bytesText(50 * 2 ** 20)]).toEqual([
      "12 bytes",
      "1.5 KB",
      "50 MB",
    ]);
  });
});
