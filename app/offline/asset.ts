import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "vite";

/** Smaller files fit into one packet as they are. */
const worthPacking = 1024;

/**
 * Puts the service worker beside the built page, with the list of the build's files, and beside each text a gzipped one,
 * for servers that send those.
 */
export function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    writeBundle: {
      order: "post",
      sequential: true,
      async handler({ dir = "" }) {
        const files = readdirSync(dir, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ parentPath, name }) =>
            join(parentPath, name)
              .slice(dir.length + 1)
              .replaceAll("\\", "/"),
          )
          .toSorted();
        writeFileSync(join(dir, "serviceWorker.js"), await serviceWorker(dir, files));
        for (const path of [...files, "serviceWorker.js"]) {
          const bytes = readFileSync(join(dir, path));
          if (/\.(js|css|html|svg|webmanifest)$/.test(path) && bytes.length > worthPacking)
            writeFileSync(join(dir, `${path}.gz`), gzipSync(bytes, { level: 9 }));
        }
      },
    },
  };
}

/** The script, which knows the files of the build, and by what is in them which build it is. */
async function serviceWorker(dir: string, files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of files) hash.update(`${path}\n`).update(readFileSync(join(dir, path)));
  const result = await build({
    configFile: false,
    logLevel: "error",
    define: {
      buildFiles: JSON.stringify(files),
      buildVersion: JSON.stringify(hash.digest("hex").slice(0, 16)),
    },
    build: {
      write: false,
      target: "es2023",
      lib: { entry: join(import.meta.dirname, "serviceWorker.ts"), formats: ["iife"], name: "worker" },
    },
  });
  const [output] = Array.isArray(result) ? result : [];
  const script = output?.output[0];
  if (script?.type !== "chunk") throw new Error("the service worker gave no script");
  return script.code;
}
