import { afterEach, expect, it, vi } from "vitest";
import { loadEngine } from "../../src/engines/auto.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("`auto` takes wasm where there is no oneDNN, and says why", async () => {
  vi.stubEnv("CONVNETS_ADDON", "/nowhere/convnets.node");
  const notes: string[] = [];
  const engine = await loadEngine("auto", { threads: 1, note: (text) => notes.push(text) });
  expect(engine.name).toBe("wasm");
  expect(notes).toEqual([
    expect.stringMatching(/^using the wasm engine, which is slower: the oneDNN engine is not built/),
  ]);
});
