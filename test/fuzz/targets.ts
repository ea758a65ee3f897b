// What is fuzzed: a line for each parser, with whole files to begin from.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { dimensionsOf } from "../../app/pictures/dimensions.ts";
import { decodePicture } from "../../src/data/decode.ts";
import { parseIdx } from "../../src/data/idx.ts";
import { serializeNpy } from "../../src/formats/npy.ts";
import { serializeSafetensors } from "../../src/formats/safetensors.ts";
import { parseWeights } from "../../src/formats/weights.ts";
import { isZip } from "../../src/formats/zip.ts";
import { size, type TensorData } from "../../src/ir/type.ts";
import { mlp } from "../../src/models/mlp.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { exportOnnx } from "../../src/onnx/export.ts";
import { parseOnnx } from "../../src/onnx/graph.ts";
import { mendChecksums } from "./checksums.ts";

export interface Target {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  parse(bytes: Uint8Array): unknown;
  /** What is done to every second file once it is changed, to get behind the first checks. */
  mend?(bytes: Uint8Array): Uint8Array;
}

const tensors = new Map<string, TensorData>([
  ["weight", { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  ["steps", { shape: [], data: Int32Array.of(7) }],
  ["pixels", { shape: [3], data: Uint8Array.of(1, 2, 3) }],
]);
const recorded = (name: string) =>
  new Uint8Array(readFileSync(join(import.meta.dirname, "..", "formats", "torch", name)));
const picture = sharp({ create: { width: 9, height: 7, channels: 3, background: "teal" } });
const pictures = await Promise.all(
  (["png", "jpeg", "webp", "gif", "tiff"] as const).map(async (format) => {
    const bytes = await picture.clone().toFormat(format).toBuffer();
    return new Uint8Array(bytes);
  }),
);
const weights = (name: string, ...seeds: readonly Uint8Array[]): Target => ({
  name,
  seeds,
  ...(seeds.some(isZip) && { mend: mendChecksums }),
  parse: (bytes) => parseWeights(bytes, name),
});

const network = mlp({ hidden: [2], classes: 2 });
const onnx = await exportOnnx(
  network,
  new Map(
    [...namedTensors(network)].map(([path, { shape }]) => [
      path,
      { shape, data: new Float32Array(size(shape)) },
    ]),
  ),
);

export const targets: readonly Target[] = [
  weights(
    "zip.pth",
    recorded("all.pth"),
    recorded("deflated.pth"),
    recorded("checkpoint.pth"),
    recorded("named.pth"),
  ),
  weights("stream.pth", recorded("all_legacy.pth"), recorded("checkpoint_legacy.pth")),
  weights("a.safetensors", serializeSafetensors(tensors, { format: "pt" })),
  weights("a.npz", recorded("stored.npz"), recorded("deflated.npz")),
  weights("a.npy", ...[...tensors.values()].map(serializeNpy)),
  {
    name: "idx",
    seeds: [Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6)],
    parse: parseIdx,
  },
  { name: "onnx", seeds: [onnx], parse: (bytes) => parseOnnx(bytes) },
  { name: "dimensions", seeds: pictures, parse: dimensionsOf },
  { name: "picture", seeds: pictures, parse: (bytes) => decodePicture(bytes, "picture", { channels: 3 }) },
];
