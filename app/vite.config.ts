import { join } from "node:path";
import { defineConfig, type UserConfig } from "vite";
import { digitsAsset } from "./digits/asset.ts";
import { offline } from "./offline/asset.ts";

const dist = join(import.meta.dirname, "..", "dist");

/** What lets a page have memory that its threads share. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  // Relative, so that any folder of any server can hold the built page.
  base: "./",
  // The compiled library, as a user's bundler finds it.
  resolve: {
    alias: [
      { find: /^convnets$/, replacement: join(dist, "index.js") },
      { find: /^convnets\/node$/, replacement: join(dist, "node.js") },
      { find: /^convnets\/(\w+)$/, replacement: join(dist, "$1", "index.js") },
    ],
  },
  plugins: [digitsAsset(), offline()],
  worker: { format: "es", rolldownOptions: { output: { keepNames: true } } },
  build: {
    outDir: join(dist, "app"),
    emptyOutDir: true,
    target: "es2023",
    // Layers are told by their classes' names.
    rolldownOptions: { output: { keepNames: true } },
  },
  server: { headers: isolation },
  preview: { headers: isolation },
});

export default config;
