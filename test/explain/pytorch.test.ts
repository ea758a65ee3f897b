import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  type Attribution,
  gradCam,
  gradCamPlusPlus,
  guidedBackpropagation,
  integratedGradients,
  type Subject,
  saliency,
} from "../../src/explain/index.ts";
import { size } from "../../src/ir/type.ts";
import { describeEngines } from "../conformance/engines.ts";
import { hashUniform } from "../models/torchFill.ts";
import { filled } from "./subject.ts";

interface Case {
  readonly model: string;
  readonly salt: string;
  readonly input: readonly [channels: number, height: number, width: number];
  readonly target: number;
  readonly steps: number;
  readonly layer: string;
  readonly maps: Readonly<Record<keyof typeof methods, readonly number[]>>;
}

const methods = {
  saliency,
  integratedGradients: (subject, x, { target, steps }) => integratedGradients(subject, x, { target, steps }),
  gradCam,
  gradCamPlusPlus,
  guidedBackpropagation,
} satisfies Record<string, (subject: Subject, x: Float32Array, recorded: Case) => Promise<Attribution>>;

const { cases }: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, "pytorch.json"), "utf8"),
);

// What pytorch.py wrote down.
await describeEngines((engine) => {
  const rows = cases.flatMap((recorded) =>
    Object.entries(methods).map(([name, method]) => ({ model: recorded.model, name, method, recorded })),
  );
  it.each(rows)("$name of $model is PyTorch's", async ({ name, method, recorded }) => {
    const { model, input, salt, maps } = recorded;
    const subject = filled(engine, model, { channels: input[0], size: input[1], classes: 10 }, salt);
    const x = hashUniform(`${salt}input`, size(input)).map((value) => 2 * value);
    const { data, target } = await method(subject, x, recorded);
    const wanted = Object.entries(maps).find(([key]) => key === name)?.[1] ?? [];
    expect(target).toBe(recorded.target);
    expect(data.length).toBe(wanted.length);
    const norm = Math.hypot(...wanted);
    expect(norm).toBeGreaterThan(0);
    expect(Math.hypot(...wanted.map((value, i) => value - (data[i] ?? Number.NaN))) / norm).toBeLessThan(
      1e-3,
    );
  });
});
