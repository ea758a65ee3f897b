import { createModel, isModelName, models } from "convnets";
import { describe, expect, it } from "vitest";
import { optionsFor, quick } from "../../app/train/recipes.ts";
import { codeOf, commandGap, commandOf } from "../../app/train/reproduce.ts";
import { changed, fits, fromQuery, toQuery, usualSettings } from "../../app/train/settings.ts";

describe("settings of a training", () => {
  it("survive their address", () => {
    const settings = changed(usualSettings("resnet20_cifar"), {
      ...{ optimizer: "adamw", epochs: 7, schedule: "onecycle", augment: "digits", seed: 3, start: "a b&c" },
    });
    expect(fromQuery(new URLSearchParams(toQuery(settings)))).toEqual(settings);
    expect(fromQuery(new URLSearchParams())).toEqual(usualSettings());
  });

  it("say in an address no more than what is not usual", () => {
    expect(toQuery(usualSettings("mlp"))).toEqual({ model: "mlp" });
    expect(toQuery(changed(usualSettings(), { epochs: 3 }))).toEqual({ model: "lenet5", epochs: "3" });
  });

  it("are the usual ones where an address makes no sense", () => {
    const query = "model=__proto__&optimizer=toString&rate=NaN&epochs=-3&batch=1e9&seed=&schedule=x&size=1.5";
    expect(fromQuery(new URLSearchParams(query))).toEqual(usualSettings());
  });

  it("take the usual rate of another optimiser, and all that belongs to another network", () => {
    const mine = changed(usualSettings("lenet5"), { rate: 0.5, epochs: 3, seed: 9 });
    const adam = changed(mine, { optimizer: "adam" });
    expect(adam).toMatchObject({ rate: 0.001, weightDecay: 0, epochs: 3, seed: 9 });
    const other = changed(adam, { model: "lenet5_paper" });
    expect(other).toMatchObject({ optimizer: "adam", rate: 0.001, batch: 32, epochs: 6, seed: 9 });
    expect(changed(mine, { optimizer: "sgd" })).toEqual(mine);
  });

  it("know which numbers they take", () => {
    expect([fits("epochs", 1), fits("epochs", 0), fits("epochs", 1.5)]).toEqual([true, false, false]);
    expect([fits("rate", 0.01), fits("rate", 0), fits("rate", Number.NaN)]).toEqual([true, false, false]);
  });
});

describe("every network of the zoo", () => {
  const names = Object.keys(models).filter(isModelName);
  it.each(names)("%s is built for digits, and for colour pictures of three classes", (model) => {
    const settings = usualSettings(model);
    expect(createModel(model, optionsFor(settings, [1, 28, 28], 10)).input[0]).toBe(1);
    const { classes, input } = createModel(model, optionsFor(settings, [3, 64, 64], 3));
    expect([classes, input[0]]).toEqual([3, 3]);
  });

  it("is quick only at the size of the pictures", () => {
    for (const model of quick) {
      const side = createModel(model, optionsFor(usualSettings(model), [1, 28, 28], 10)).input[1];
      expect(side).toBeLessThanOrEqual(32);
    }
  });
});

describe("the same elsewhere", () => {
  const circumstances = { options: { classes: 10, channels: 1 }, available: 9000 };

  it("is a command", () => {
    expect(commandOf(usualSettings(), circumstances).replaceAll(/\s*\\\n\s*/g, " ")).toBe(
      "convnets train lenet5 --data digits --epochs 8 --batch 64 --optimizer sgd --rate 0.02 --weight-decay 0.0005 --schedule cosine --seed 1 --engine wasm",
    );
    expect(commandGap(usualSettings(), circumstances)).toBeUndefined();
    expect(commandGap(changed(usualSettings(), { pictures: 500 }), circumstances)).toMatch(/all digits/);
  });

  it("is code that names what it imports, and imports what it names", () => {
    const settings = changed(usualSettings("resnet20_cifar"), {
      ...{ schedule: "multistep", augment: "digits", start: "x", labelSmoothing: 0.1 },
    });
    const code = codeOf(settings, { options: { classes: 10, channels: 1, size: 28 }, available: 9000 });
    const [, list = ""] = /import \{ (.*) \} from "convnets";/.exec(code) ?? [];
    for (const name of list.split(", "))
      expect(code.split(new RegExp(`\\b${name}\\b`)).length).toBeGreaterThan(2);
    expect(code).toMatch(/pictures|subset\(data.train, Array.from\(\{ length: 2000 \}/);
    expect(code).toContain("labelSmoothing: 0.1");
  });
});
