import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { inMemory, type Pass, type Pictures } from "../../src/data/pictures.ts";
import { permutation } from "../../src/data/shuffle.ts";
import { threaded } from "../../src/data/threaded.ts";
import { transformed } from "../../src/data/transformed.ts";
import { TransformThreads } from "../../src/data/transformThreads.ts";
import { ConvnetsError, UsageError } from "../../src/ir/errors.ts";
import { createTransforms } from "../../src/transforms/pipeline.ts";
import { Random } from "../../src/transforms/random.ts";

const [channels, height, width, count] = [3, 6, 5, 23];
const stride = channels * height * width;
const dataset: Dataset = {
  name: "noise",
  images: Uint8Array.from({ length: count * stride }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
  shape: [channels, height, width],
  classes: [..."0123456789"],
  normalization: { mean: [0], std: [1] },
};
const specs = [{ name: "randomCrop", size: 4, padding: 2 }, { name: "randomHorizontalFlip" }] as const;

async function bytes(pictures: Pictures, pass: Partial<Pass> = {}): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  for await (const batch of pictures.batches({ size: 4, seed: 1, epoch: 0, ...pass }))
    seen.push([[...batch.images], [...batch.labels], batch.count]);
  return seen;
}

test("each picture is transformed by random numbers of its own place, whichever batch it is in", async () => {
  const pictures = transformed(inMemory(dataset), specs);
  expect(pictures.shape).toEqual([3, 4, 4]);
  const transform = createTransforms(specs);
  const order = permutation(count, 5, 2);
  let at = 0;
  for await (const batch of pictures.batches({ size: 4, seed: 1, epoch: 2, order }))
    for (let slot = 0; slot < batch.count; slot++) {
      const index = order[at++] ?? 0;
      const data = dataset.images.subarray(index * stride, (index + 1) * stride);
      const wanted = transform.apply({ data, channels, height, width }, new Random(1, 2, index));
      expect(batch.images.subarray(slot * 48, (slot + 1) * 48)).toEqual(wanted.data);
      expect(batch.labels[slot]).toBe(index % 10);
    }
  expect(at).toBe(count);
});

test.each([1, 3])("%d threads give the bytes that this one gives, from any batch on", async (threads) => {
  const here = transformed(inMemory(dataset), specs);
  const there = transformed(threaded(dataset, threads), specs);
  expect(there.shape).toEqual(here.shape);
  const order = permutation(count, 5, 2);
  for (const pass of [{}, { order, epoch: 3 }, { order, start: 4 }, { dropLast: true }])
    expect(await bytes(there, pass)).toEqual(await bytes(here, pass));
});

test("another epoch or seed gives other bytes; a last batch repeats its own pictures", async () => {
  const pictures = transformed(threaded(dataset), specs);
  const first = await bytes(pictures);
  expect(await bytes(pictures)).toEqual(first);
  expect(await bytes(pictures, { epoch: 1 })).not.toEqual(first);
  expect(await bytes(pictures, { seed: 2 })).not.toEqual(first);
  let last: Uint8Array = new Uint8Array();
  for await (const { images } of pictures.batches({ size: 4, seed: 1, epoch: 0 })) last = images;
  expect(last.subarray(3 * 48)).toEqual(last.subarray(0, 48));
});

test("transforms of transformed pictures come after theirs", async () => {
  const [crop, flip] = [[specs[0]], [{ name: "randomHorizontalFlip", p: 1 }]] as const;
  const twice = transformed(transformed(threaded(dataset), crop), flip);
  expect(await bytes(twice)).toEqual(await bytes(transformed(threaded(dataset), [...crop, ...flip])));
});

test("a pass may be left early, and wrong transforms are refused before it", async () => {
  const pictures = transformed(threaded(dataset), specs);
  for await (const { count } of pictures.batches({ size: 4, seed: 1, epoch: 0 })) {
    expect(count).toBe(4);
    break;
  }
  expect(() => transformed(threaded(dataset), [{ name: "centerCrop", size: 0 }])).toThrow(UsageError);
});

test("a picture that transforms do not fit, and a thread that ends, fail the pass with the reason", async () => {
  const image = { data: new Uint8Array(2), channels: 1, height: 1, width: 1 };
  const work = { images: [image], indices: [0], seed: 1, epoch: 0 };
  const another = { ...work, images: [{ ...image, data: new Uint8Array(2) }] };
  const threads = new TransformThreads({ specs, shape: [1, 4, 4] }, 1);
  await expect(threads.run(work)).rejects.toThrow(
    new ConvnetsError("a picture of [1,1,1] takes 1 bytes, it has 2"),
  );
  threads.close();
  const folder = await mkdtemp(join(tmpdir(), "convnets-thread-"));
  const program = join(folder, "ends.mjs");
  await writeFile(
    program,
    'import { parentPort } from "node:worker_threads";\nparentPort.on("message", () => process.exit(7));\n',
  );
  const dying = new TransformThreads({ specs, shape: [1, 4, 4] }, 1, pathToFileURL(program));
  await expect(dying.run(another)).rejects.toThrow(
    new ConvnetsError("a thread that transforms pictures has ended with code 7"),
  );
  await expect(dying.run(work)).rejects.toThrow("has ended with code 7");
  await rm(folder, { recursive: true });
});

test.runIf(process.platform === "linux")("threads that transform are nicer, and no others are", async () => {
  const usual = getPriority();
  // proc_pid_stat(5): niceness is field 19; the name, field 2, may hold spaces and ends at the last parenthesis.
  const nicer = async (): Promise<number> => {
    const stats = (await readdir("/proc/self/task")).map((id) =>
      readFile(`/proc/self/task/${id}/stat`, "utf8"),
    );
    const values = (await Promise.all(stats)).map((stat) =>
      Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]),
    );
    return values.filter((nice) => nice > usual).length;
  };
  expect(await nicer()).toBe(0);
  const threads = new TransformThreads({ specs: [], shape: [1, 1, 1] }, 2);
  const work = () => ({
    images: [{ data: Uint8Array.of(7), channels: 1, height: 1, width: 1 }],
    ...{ indices: [0], seed: 1, epoch: 0 },
  });
  await Promise.all([threads.run(work()), threads.run(work())]);
  expect(await nicer()).toBe(2);
  expect(getPriority()).toBe(usual);
  threads.close();
});
