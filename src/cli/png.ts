import type { Picture } from "../explain/colours.ts";

// Pictures go out by the package that they came in by: where it lacks, `readPicture` has said so.

/** Side that small pictures are enlarged to, by whole factors, so that their pixels stay square and sharp. */
const leastSide = 224;

/** A picture as a PNG file. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  const { enlarge } = await import("../report/images.ts");
  return enlarge(picture, leastSide);
}

/** A drawing as a PNG file. */
export async function renderSvg(svg: string): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  return sharp(new TextEncoder().encode(svg)).png({ compressionLevel: 9 }).toBuffer();
}
