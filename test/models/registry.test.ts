import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { f32, size } from "../../src/ir/type.ts";
import { createModel, isModelName, models, summarize } from "../../src/models/index.ts";
import { namedTensors, Parameter } from "../../src/nn/module.ts";
import { trace } from "../../src/nn/trace.ts";

describe.each(Object.entries(models))("%s", (key, entry) => {
  test("is listed under its own name, with a paper and one line about it", () => {
    expect(entry.name).toBe(key);
    expect(entry.paper.url).toMatch(/^https:\/\//);
    expect(entry.about).not.toContain("\n");
  });

  test("turns a batch of its input into a number a class", () => {
    const model = createModel(key);
    expect(model.input).toEqual(entry.input);
    expect(trace(model, f32(2, ...model.input)).outputs.get("y")?.type).toEqual(f32(2, model.classes));
  });

  test("takes the number of classes and of channels by option", () => {
    const [usual, height, width] = entry.input;
    const channels = usual === 3 ? 1 : 3;
    const model = createModel(key, { classes: 7, channels });
    expect(model.input).toEqual([channels, height, width]);
    expect(trace(model, f32(1, ...model.input)).outputs.get("y")?.type).toEqual(f32(1, 7));
  });

  test("has as many elements as its summary says", () => {
    const model = entry.create();
    const tensors = [...namedTensors(model)].map(([, tensor]) => tensor);
    const count = (some: typeof tensors) => some.reduce((n, { shape }) => n + size(shape), 0);
    const trained = tensors.filter((tensor) => tensor instanceof Parameter);
    const { parameters, buffers, rows, macs } = summarize(model);
    expect(parameters).toBe(count(trained));
    expect(buffers).toBe(count(tensors) - count(trained));
    expect(rows[0]).toMatchObject({ path: "", parameters, macs });
  });

  test("says so when a picture has the wrong channels", () => {
    const model = entry.create();
    const [channels, height, width] = model.input;
    const given = channels + 1;
    expect(() => trace(model, f32(1, given, height, width))).toThrow(
      `${key}: takes pictures of ${channels} channel${channels === 1 ? "" : "s"}, not ${given}; the option \`channels\` sets it`,
    );
    expect(() => trace(model, f32(1, height, width))).toThrow(
      `${key}: takes f32[n,${channels},h,w]: n, channels, height, width`,
    );
  });

  test.each([
    [{ classes: 0 }, "`classes` must be a whole number from 1 up, not 0"],
    [{ channels: 1.5 }, "`channels` must be a whole number from 1 up, not 1.5"],
    [{ size: Number.NaN }, "up, not NaN"],
  ])("refuses %o", (options, message) => {
    expect(() => entry.create(options)).toThrow(UsageError);
    expect(() => entry.create(options)).toThrow(message);
  });
});

test("an unknown name gets the nearest one and the way to list them", () => {
  expect(() => createModel("lenet-5")).toThrow(
    new UsageError('there is no model "lenet-5". Did you mean "lenet5"? `convnets models` lists them all.'),
  );
  expect(() => createModel("transformer")).toThrow(
    new UsageError('there is no model "transformer". `convnets models` lists them all.'),
  );
});

test("names that every object has are no models", () => {
  expect(isModelName("lenet5")).toBe(true);
  expect(isModelName("toString")).toBe(false);
  expect(() => createModel("__proto__")).toThrow(UsageError);
});
