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

it.each(["main.ts", "worker.ts"])(
  "the README's %s for a browser is that of examples/browser, which a test runs",
  (name) => {
    const text = read(`examples/browser/${name}`);
    // The page's first line says what the README's sentence says.
    const published = name === "main.ts" ? text.slice(text.indexOf("\n")) : text;
    expect(read("README.md")).toContain(`\`\`\`ts\n${published.trim()}\n\`\`\``);
  },
);
