import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

it("the program in the README is examples/train.ts, which the compiler checks", () => {
  const [, ...lines] = read("examples/train.ts").split("\n");
  const published = lines
    .join("\n")
    .replace("../src/index.ts", "convnets")
    .replace("../src/node.ts", "convnets/node");
  expect(read("README.md")).toContain(`\`\`\`ts\n${published.trim()}\n\`\`\``);
});
