import { describe, expect, it } from "vitest";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { ConvnetsError } from "../../src/ir/errors.ts";
import { describeEngines } from "../conformance/engines.ts";
import { nodeTests, runNodeTest, testData } from "./conformance.ts";

// ONNX's own vectors of the ops that are read. What is out of scope is in docs/onnx-tests.md, with the reason.

const tests = nodeTests();
const outOfScope = new Map<string, string>();
for (const name of tests) {
  const reason = await refusal(name);
  if (reason !== undefined) outOfScope.set(name, reason);
}
const within = tests.filter((name) => !outOfScope.has(name));

describe.skipIf(tests.length === 0)(
  `ONNX's node tests${tests.length === 0 ? ` (none in ${testData}: apt-get install libonnx-testdata)` : ""}`,
  () => {
    it("there are as many within scope as docs/onnx-tests.md lists, each other one with its reason", async () => {
      await expect(list()).toMatchFileSnapshot("../../docs/onnx-tests.md");
    });
  },
);

if (within.length > 0)
  await describeEngines((engine) => {
    it.each(within)("%s gives the recorded numbers", async (name) => {
      expect(await runNodeTest(engine, name)).toBeLessThan(1e-5);
    });
  });

async function refusal(name: string): Promise<string | undefined> {
  if (/_to_FLOAT16/.test(name)) return "numbers with a fraction stay f32";
  try {
    await runNodeTest(referenceEngine, name);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConvnetsError)) throw error;
    return error.message.replace(/ \(node ".*/, "").replace(/^\S+\.pb: /, "");
  }
}

function list(): string {
  const out = [...outOfScope].map(([name, reason]) => `- \`${name}\`: ${reason}`);
  return [
    "# ONNX's node tests",
    "",
    "Of onnx 1.12, those whose ops are read. `npx vitest run test/onnx -u` writes this list.",
    "",
    `## Pass on every engine (${within.length})`,
    "",
    within.map((name) => `\`${name}\``).join(", "),
    "",
    `## Out of scope (${out.length})`,
    "",
    ...out,
    "",
  ].join("\n");
}
