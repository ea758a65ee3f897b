import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { defineConfig } from "vitest/config";

// What tests measure while the machine is busy must not end up in the user's own cache.
const env = { XDG_CACHE_HOME: join(import.meta.dirname, "node_modules", ".cache") };

// Worker threads are started by Node itself, which before version 22.18 takes no TypeScript.
const execArgv = ["--import", pathToFileURL(join(import.meta.dirname, "test", "typescript.js")).href];

const src = join(import.meta.dirname, "src");

// One file at a time: an engine takes all cores, and two at once wait for each other's threads.
export default defineConfig({
  resolve: {
    alias: [
      { find: /^convnets$/, replacement: join(src, "index.ts") },
      { find: /^convnets\/node$/, replacement: join(src, "node.ts") },
      { find: /^convnets\/(\w+)$/, replacement: join(src, "$1", "index.ts") },
    ],
  },
  test: { env, execArgv, fileParallelism: false, include: ["test/**/*.test.ts"], testTimeout: 60_000 },
});
