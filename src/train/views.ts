import type { Batch } from "../data/batches.ts";
import type { Pictures } from "../data/pictures.ts";
import { UsageError } from "../ir/errors.ts";
import type { Views } from "../transforms/views.ts";

/**
 * The logarithms of the means of the probabilities that `run` gives for the views of each picture of `batch`, whose
 * pictures are `pictures.shape`. `run` takes as many pictures of `shape` as the batch has, and gives `[size, columns]`.
 */
export async function averageOfViews(
  { images, labels, count }: Batch,
  pictures: Pick<Pictures, "shape">,
  views: Views,
  shape: Pictures["shape"],
  run: (images: Uint8Array) => Promise<Float32Array>,
): Promise<Float32Array> {
  const [channels, height, width] = pictures.shape;
  const from = channels * height * width;
  const all = Array.from({ length: count }, (_, slot) =>
    views({ channels, height, width, data: images.subarray(slot * from, (slot + 1) * from) }),
  );
  const number = all[0]?.length ?? 0;
  const stride = shape[0] * shape[1] * shape[2];
  const input = new Uint8Array(labels.length * stride);
  let sum: Float32Array | undefined;
  for (let view = 0; view < number; view++) {
    all.forEach((made, slot) => {
      input.set(expectView(made, view, number, shape).data, slot * stride);
    });
    const logp = await run(input);
    sum = sum ? sum.map((each, i) => logSum(each, logp[i] ?? Number.NaN)) : logp.slice();
  }
  if (!sum) throw new UsageError("evaluate: `views` gives no picture, expected one or more");
  return sum.map((each) => each - Math.log(number));
}

function expectView(made: ReturnType<Views>, view: number, number: number, shape: Pictures["shape"]) {
  const image = made[view];
  if (made.length !== number || !image)
    throw new UsageError(
      `evaluate: \`views\` gives ${made.length} pictures, of another picture ${number}; expected as many of each`,
    );
  const { channels, height, width } = image;
  if (channels !== shape[0] || height !== shape[1] || width !== shape[2])
    throw new UsageError(
      `evaluate: \`views\` gives a picture of [${channels},${height},${width}], expected [${shape.join(",")}]`,
    );
  return image;
}

/** The logarithm of the sum of what `a` and `b` are the logarithms of. */
function logSum(a: number, b: number): number {
  const high = Math.max(a, b);
  return high === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(Math.min(a, b) - high));
}
