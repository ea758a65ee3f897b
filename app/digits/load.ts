import { type Dataset, digitClasses, digitNormalization, parseIdx } from "convnets";
import { digitFiles, type Split } from "./files.ts";

/** The digits that come with the page: 9,000 to train on, 1,000 to test with. */
export async function loadDigits(split: Split): Promise<Dataset> {
  const { images, labels } = digitFiles[split];
  const [pictures, names] = await Promise.all([unpacked(images), unpacked(labels)]);
  return {
    name: `digits ${split}`,
    images: pictures,
    labels: names,
    shape: [1, 28, 28],
    classes: digitClasses,
    normalization: digitNormalization,
  };
}

/** The elements of a gzipped IDX file. It lies beside the folder of this script, built or not, in pages and in workers. */
async function unpacked(path: string): Promise<Uint8Array> {
  const response = await fetch(new URL(/* @vite-ignore */ `../${path}`, import.meta.url));
  if (!response.ok || response.body === null)
    throw new Error(`${path}: the server answers ${response.status}`);
  const bytes = await new Response(response.body.pipeThrough(new DecompressionStream("gzip"))).bytes();
  return parseIdx(bytes, path).data;
}
