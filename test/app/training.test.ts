import { type DataSplits, loadEngine, parseSafetensors, subset } from "convnets";
import { loadDigits } from "convnets/node";
import { describe, expect, it } from "vitest";
import { breathe } from "../../app/train/breathe.ts";
import { withChannels } from "../../app/train/dataSets.ts";
import type { News } from "../../app/train/news.ts";
import { type Settings, usualSettings } from "../../app/train/settings.ts";
import { Training, type TrainingOptions } from "../../app/train/training.ts";

const engine = await loadEngine("wasm", { threads: 1 });
const digits = await loadDigits();

function some(train: number, test: number): DataSplits {
  const firstOf = (count: number) => Array.from({ length: count }, (_, index) => index);
  return { train: subset(digits.train, firstOf(train)), test: subset(digits.test, firstOf(test)) };
}

const short: Settings = { ...usualSettings("lenet5"), epochs: 2, pictures: 320, batch: 32 };

/** A training and all that it has told so far. */
async function begun(settings: Settings, data: DataSplits, options: TrainingOptions = {}, on = engine) {
  const told: News[] = [];
  let heard = () => {};
  const tell = (news: News) => {
    told.push(news);
    heard();
  };
  const training = await Training.create(settings, data, on, tell, options);
  const until = async (holds: () => boolean) => {
    while (!holds())
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
  };
  const state = () => told.findLast((news) => news.state !== undefined)?.state;
  const steps = () => told.reduce((sum, { progress }) => sum + (progress?.losses.length ?? 0), 0);
  return { training, told, until, state, steps };
}

describe("a training in the page", () => {
  it("brings LeNet-5 to 90 % with 1,000 digits, and tells of every step and epoch", async () => {
    const settings = { ...usualSettings("lenet5"), pictures: 1000, batch: 50, epochs: 8 };
    const { training, told, steps } = await begun(settings, digits, { testOn: 200 });
    await training.watch({ picture: 3, layer: "conv1" });
    await training.run();
    const epochs = told.flatMap((news) => news.epochs ?? []);
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => [n, 20 * n]),
    );
    expect(epochs.at(-1)?.testAccuracy).toBeGreaterThan(0.9);
    expect(steps()).toBe(160);
    expect(told[0]?.prepared).toMatchObject({ parameters: 61706, steps: 160, heldOut: 1000, pictures: 1000 });
    expect(told.at(-1)?.state).toBe("done");
    const confusion = told.at(-1)?.outcome?.confusion ?? [];
    const right = confusion.reduce((sum, row, label) => sum + (row[label] ?? 0), 0);
    expect(right / 1000).toBeCloseTo(epochs.at(-1)?.testAccuracy ?? 0, 9);
    const look = told.findLast((news) => news.look !== undefined)?.look;
    expect(look).toMatchObject({ picture: 3, layer: "conv1", step: 160, shape: [6, 28, 28] });
    expect(look?.filters).toMatchObject({ count: 6, height: 5, width: 5 });
    expect(look?.probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  it("that is paused, looked into and resumed comes to the same weights as one that is not", async () => {
    const whole = await begun(short, some(320, 100));
    await whole.training.run();
    const parts = await begun(short, some(320, 100), { steps: 0, testOn: 50 });
    const running = parts.training.run();
    await parts.until(() => parts.state() === "paused");
    for (let step = 1; step <= 3; step++) {
      parts.training.step();
      await parts.until(() => parts.steps() === step && parts.told.at(-1)?.state === "paused");
      await parts.training.watch({ picture: step, layer: "fc1" });
    }
    parts.training.resume();
    await running;
    expect(parts.training.weights()).toEqual(whole.training.weights());
  });

  it("pauses whenever it is told to, in the middle of a step too", async () => {
    // With threads, messages come in while a step is computed.
    const two = await loadEngine("wasm", { threads: 2 });
    const settings = { ...short, epochs: 1000 };
    const { training, until, state, told } = await begun(settings, some(320, 20), { steps: 0 }, two);
    const running = training.run();
    await until(() => state() === "paused");
    for (let round = 0; round < 12; round++) {
      const before = told.length;
      training.resume();
      for (let breaths = 0; breaths < round % 4; breaths++) await breathe();
      training.pause();
      await until(() => told.slice(before).some((news) => news.state === "paused"));
    }
    training.stop();
    await running;
    expect(state()).toBe("stopped");
  });

  it("does one step and no more when it is stepped, and an epoch's last step ends the epoch", async () => {
    const { training, told, until, steps } = await begun({ ...short, pictures: 64 }, some(64, 20), {
      steps: 0,
    });
    const running = training.run();
    training.step();
    await until(() => steps() === 1);
    training.step();
    await until(() => steps() === 2 && told.at(-1)?.state === "paused");
    expect(told.flatMap((news) => news.epochs ?? []).map(({ epoch }) => epoch)).toEqual([1]);
    training.stop();
    await running;
    expect(steps()).toBe(2);
    expect(told.at(-1)).toMatchObject({ state: "stopped" });
  });

  it("that diverges says so, and what may help", async () => {
    const { training, told } = await begun({ ...short, model: "mlp", rate: 10 }, some(320, 20));
    await training.run();
    expect(told.at(-1)).toMatchObject({ state: "diverged" });
    expect(told.at(-1)?.reason).toMatch(/diverged; a smaller learning rate than 10 may help/);
  });

  it("starts from given weights, and with a new last layer for other classes", async () => {
    const before = await begun(short, some(320, 20));
    await before.training.run();
    const { options, normalization } = before.training.prepared;
    const start = { weights: before.training.weights(), options, normalization };
    const { tensors } = parseSafetensors(start.weights, "before");
    const same = await begun({ ...short, seed: 5 }, some(320, 20), { start });
    expect(same.training.weights()).toEqual(start.weights);
    expect(same.training.prepared.head).toEqual([]);

    const three = { ...digits.train, labels: digits.train.labels.map((digit) => digit % 3) };
    const data = {
      train: { ...three, classes: ["0", "1", "2"] },
      test: { ...three, classes: ["0", "1", "2"] },
    };
    const other = await begun({ ...short, pictures: 64 }, data, { start });
    expect(other.training.prepared.head).toEqual(["fc3.weight", "fc3.bias"]);
    const kept = parseSafetensors(other.training.weights(), "other").tensors;
    expect(kept.get("conv1.weight")).toEqual(tensors.get("conv1.weight"));
    expect(kept.get("fc3.weight")?.shape).toEqual([3, 84]);
  });

  it("goes on with a network that knows colours on grey digits", async () => {
    const grey = some(64, 20);
    const coloured = {
      train: withChannels(grey.train, 3),
      test: withChannels(grey.test, 3),
    };
    expect(coloured.train.images.slice(0, 3 * 784)).toEqual(
      Uint8Array.of(
        ...grey.train.images.slice(0, 784),
        ...grey.train.images.slice(0, 784),
        ...grey.train.images.slice(0, 784),
      ),
    );
    const before = await begun({ ...short, pictures: 64 }, coloured);
    const { options, normalization } = before.training.prepared;
    expect(options).toEqual({ classes: 10, channels: 3 });
    const start = { weights: before.training.weights(), options, normalization };
    const { training, state } = await begun({ ...short, pictures: 64 }, grey, { start });
    await training.run();
    expect(state()).toBe("done");
    expect(training.prepared.options).toEqual(options);
  });

  it("refuses a batch larger than its pictures, with the remedy", async () => {
    await expect(begun({ ...short, batch: 64 }, some(20, 10))).rejects.toThrow(
      "a batch of 64 is more than the 20 pictures to train on; make the batch smaller",
    );
  });
});
