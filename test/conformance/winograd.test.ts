// An engine that chooses convolution algorithms by measuring runs only the fastest in the other suites. Here each
// algorithm a shape has is forced in turn, by the name under which choices are kept.
import { expect, it } from "vitest";
import type { Arrays, Choices, Engine } from "../../src/engines/engine.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import type { Shape } from "../../src/ir/type.ts";
import { relu } from "../../src/ops/activation.ts";
import { type ConvAttrs, conv2d, conv2dInputGrad } from "../../src/ops/conv.ts";
import { conv2dBias, conv2dBiasAdd, conv2dParameterGrad } from "../../src/ops/fused.ts";
import { copied, expectClose } from "./compare.ts";
import { Draft, type Drafted } from "./draft.ts";
import { describeEngines } from "./engines.ts";
import { some } from "./operands.ts";

interface Convolution {
  readonly x: Shape;
  readonly weight: Shape;
  readonly y: Shape;
  readonly padding: number;
}

// Whole and cut tiles, one and several groups of filters, channels that don't fill their blocks, all paddings.
const convolutions: readonly Convolution[] = [
  { x: [4, 16, 24, 24], weight: [64, 16, 3, 3], y: [4, 64, 24, 24], padding: 1 },
  { x: [4, 24, 7, 10], weight: [32, 24, 3, 3], y: [4, 32, 5, 8], padding: 0 },
  { x: [8, 32, 3, 3], weight: [64, 32, 3, 3], y: [8, 64, 3, 3], padding: 1 },
  { x: [2, 20, 6, 5], weight: [16, 20, 3, 3], y: [2, 16, 8, 7], padding: 2 },
  { x: [4, 16, 12, 12], weight: [64, 16, 5, 5], y: [4, 64, 12, 12], padding: 2 },
  { x: [3, 24, 6, 9], weight: [16, 24, 5, 5], y: [3, 16, 6, 9], padding: 2 },
  { x: [1, 16, 14, 11], weight: [64, 16, 3, 3], y: [1, 64, 14, 11], padding: 1 },
  { x: [1, 8, 3, 3], weight: [32, 8, 5, 5], y: [1, 32, 3, 3], padding: 2 },
];

const primitives = ["direct", "winograd"];
const transforms = ["F(3x3, 3x3)", "F(4x4, 3x3)", "F(6x6, 3x3)", "F(3x3, 5x5)", "F(4x4, 5x5)"];
// Transforms round more than a direct sum does; the largest tiles lose about two digits.
const tolerance = 2e-4;

const directions: Readonly<Record<string, (draft: Draft, convolution: Convolution) => void>> = {
  forward: (draft, { x, weight, padding }) => {
    const bias = draft.input("bias", some(weight[0] ?? 0));
    const attrs = { ...attrsOf(padding), activation: "relu" } as const;
    const y = conv2dBias(draft.input("x", some(...x)), draft.input("weight", some(...weight)), bias, attrs);
    draft.output({ y });
  },
  "forward, weights of a state, onto a residual": (draft, { x, weight, y, padding }) => {
    const filters = draft.state("weight", some(...weight));
    const bias = draft.state("bias", some(weight[0] ?? 0));
    const attrs = { ...attrsOf(padding), activation: "none" } as const;
    const residual = relu(draft.input("residual", some(...y))); // made by a node, it may be overwritten
    draft.output({ y: conv2dBiasAdd(draft.input("x", some(...x)), filters, bias, residual, attrs) });
  },
  "towards the input": (draft, { x, weight, y, padding }) => {
    const attrs = { ...attrsOf(padding), shape: x };
    const dy = draft.input("dy", some(...y));
    draft.output({ dx: conv2dInputGrad(dy, draft.input("weight", some(...weight)), attrs) });
  },
  "towards the parameters": (draft, { x, weight, y, padding }) => {
    const attrs = { ...attrsOf(padding), shape: weight };
    const given = draft.input("x", some(...x));
    const [dweight, dbias] = conv2dParameterGrad(given, draft.input("dy", some(...y)), attrs);
    draft.output({ dweight, dbias });
  },
};

await describeEngines((engine) => {
  const ran = new Set<string>();
  // The transforms are there with AVX-512, and not in an addon built to check memory.
  const there = engine.description.includes("AVX-512") && process.env.CONVNETS_ADDON === undefined;
  for (const [direction, build] of Object.entries(directions))
    for (const convolution of convolutions)
      it(`${direction}, x [${convolution.x}], weight [${convolution.weight}]: every algorithm gives the sum`, async () => {
        const draft = new Draft(`${direction} ${convolution.x}`);
        build(draft, convolution);
        const drafted = draft.finish();
        const { outputs: expected } = await outputsOf(referenceEngine, drafted);
        const { choices } = await outputsOf(engine, drafted);
        for (const key of Object.keys(choices))
          for (const name of there ? namesFor(convolution) : primitives) {
            const forced = await outputsOf(engine, drafted, { [key]: name });
            if (forced.choices[key] !== name) continue; // no algorithm of this shape
            ran.add(`${direction}: ${name.replace(/ \d+ \d+( \w+)*$/, "")}`);
            expectClose(forced.outputs, expected, tolerance);
          }
      });

  it("weights that only evaluation reads, and in a form of its own, are read back as written", async () => {
    const draft = new Draft("evaluation");
    const weight = draft.state("weight", some(32, 16, 3, 3));
    draft.output({ y: conv2d(draft.input("x", some(2, 16, 12, 12)), weight, attrsOf(1)) });
    const { graph, feeds, states } = draft.finish();
    const { choices } = await engine.prepare(graph);
    // Its own choice alone, whatever others have chosen before.
    if (there) expect(Object.keys(choices)).toHaveLength(1);
    for (const name of primitives) {
      const forced = Object.fromEntries(Object.keys(choices).map((key) => [key, name]));
      const program = await engine.prepare(graph, { choices: forced });
      expect([...program.read("weight")].every((element) => element === 0)).toBe(true);
      program.write("weight", states.weight ?? new Float32Array());
      await program.run(feeds(0));
      expect(program.read("weight")).toEqual(states.weight);
    }
  });

  it.skipIf(!there)("every transform ran in every direction", () => {
    const all = Object.keys(directions).flatMap((direction) =>
      transforms.map((name) => `${direction}: ${name}`),
    );
    expect(all.filter((name) => !ran.has(name))).toEqual([]);
  });
});

async function outputsOf(
  engine: Engine,
  { graph, feeds, states }: Drafted,
  choices: Choices = {},
): Promise<{ readonly outputs: Arrays; readonly choices: Choices }> {
  const program = await engine.prepare(graph, { choices });
  for (const [name, data] of Object.entries(states)) program.write(name, data);
  const inputs = feeds(0);
  await program.run(inputs); // leftovers of a first run must not matter
  return { outputs: copied(await program.run(inputs)), choices: program.choices };
}

/** What may be chosen: oneDNN's, or a transform by chunks of images, by bands of an image, or with filters shared out. */
function namesFor({ x: [n = 1], weight: [filters = 0, , kernel] }: Convolution): readonly string[] {
  const groups = filters > 48 ? [0, 3] : [0];
  const whole = [1, 4].filter((chunk) => n % chunk === 0 && n > 1).map((chunk) => `${chunk}`);
  const pieces = groups.flatMap((group) => [
    ...whole.map((chunk) => `${chunk} ${group}`),
    ...(n % 2 === 0 ? [] : [`1 ${group} in 2`]), // for two threads
  ]);
  const fitting = transforms.filter((name) => name.endsWith(`${kernel}x${kernel})`));
  return [
    ...primitives,
    ...fitting.flatMap((name) => [...pieces, `${n} 0`, `${n} 3 shared`].map((cut) => `${name} ${cut}`)),
  ];
}

function attrsOf(padding: number): ConvAttrs {
  return { stride: [1, 1], padding: [padding, padding, padding, padding], dilation: [1, 1], groups: 1 };
}
