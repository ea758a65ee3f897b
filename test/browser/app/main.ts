// What the tests call in a page.
import { loadEngine } from "convnets";
import { probabilities, train } from "./work.ts";

const app = {
  description: async (): Promise<string> => (await loadEngine("auto")).description,
  probabilities: async (): Promise<readonly number[]> => probabilities(await loadEngine("wasm")),
  train: async (steps: number, done: () => Promise<void>): Promise<number> =>
    train(await loadEngine("wasm", { threads: 2 }), steps, done),
};
export type App = typeof app;

Object.assign(globalThis, { app });
