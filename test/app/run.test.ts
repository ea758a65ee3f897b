import { describe, expect, it } from "vitest";
import { aligned, Curve, stepsOf } from "../../app/charts/curve.ts";
import { secondsPerEpoch, speedOf } from "../../app/train/estimate.ts";
import { Pace } from "../../app/train/pace.ts";
import { differences, finalAccuracy, newRun, Recorder, trainingSeconds } from "../../app/train/run.ts";
import { changed, usualSettings } from "../../app/train/settings.ts";
import { bytes, duration, heldOutText, lossText, many, short } from "../../app/train/text.ts";

const run = newRun("a", "lenet5 1", usualSettings(), 0);
const epoch = { epoch: 1, step: 2, loss: 1, accuracy: 0.5, testLoss: 0.9, testAccuracy: 0.981, seconds: 2 };
const prepared = {
  ...{ parameters: 5, macs: 7, memory: 9, classes: ["0"], pictures: 128, heldOut: 1000, steps: 4 },
  ...{
    stepsPerEpoch: 2,
    engine: "",
    head: [],
    options: {},
    normalization: { mean: [0], std: [1] },
    layers: [["conv1", [6, 28, 28]]] as const,
  },
};

describe("a run", () => {
  it("takes news as they come", () => {
    const recorder = new Recorder(run);
    recorder.take({ prepared, state: "running" });
    const progress = { step: 2, epoch: 1, rate: 0.1, imagesPerSecond: 640 };
    recorder.take({
      progress: { ...progress, losses: Float32Array.of(4, 2), accuracies: Float32Array.of(0, 1) },
    });
    const taken = recorder.take({ epochs: [epoch], tests: [{ step: 1, count: 200, accuracy: 0.4 }] });
    expect(taken).toMatchObject({ state: "running", step: 2, imagesPerSecond: 640, epochs: [epoch] });
    expect(taken.loss.means).toEqual([4, 2]);
    expect(taken.prepared).not.toHaveProperty("layers");
    expect([finalAccuracy(taken), trainingSeconds(taken)]).toEqual([0.981, 2]);
    expect(heldOutText(taken)).toBe("98.1 % of 1,000 held-out digits right");
  });

  it("differs from others by the settings that are not the same", () => {
    const other = { ...run, settings: changed(usualSettings(), { rate: 0.1, seed: 2 }) };
    expect(differences([run, other, run])).toEqual([
      { name: "rate", values: [0.02, 0.1, 0.02] },
      { name: "seed", values: [1, 2, 1] },
    ]);
    expect(differences([run])).toEqual([]);
  });
});

describe("a curve", () => {
  it("keeps every step while there is room, then means of two, and of four", () => {
    const curve = new Curve(4);
    curve.add([1, 3, 5]);
    expect(curve.data.means).toEqual([1, 3, 5]);
    curve.add([7]);
    expect(curve.data).toMatchObject({ stride: 2, means: [2, 6] });
    curve.add([10, 20, 30, 50]);
    expect(curve.data).toMatchObject({ stride: 4, means: [4, 27.5] });
    expect(stepsOf(curve.data)).toEqual([4, 8]);
  });

  it("is smooth without a bias towards zero at its beginning", () => {
    const curve = new Curve();
    expect(curve.latest).toBeUndefined();
    curve.add([3, 3, 3]);
    for (const value of curve.data.smooth) expect(value).toBeCloseTo(3, 12);
    curve.add(new Array(200).fill(1));
    expect(curve.latest).toBeCloseTo(1, 3);
  });

  it("shares an axis with others: each has its values at its own places", () => {
    expect(
      aligned([
        { x: [1, 3], y: [10, 30] },
        { x: [2, 3], y: [5, 6] },
      ]),
    ).toEqual([
      [1, 2, 3],
      [10, undefined, 30],
      [undefined, 5, 6],
    ]);
  });
});

describe("estimates", () => {
  it("count three times the arithmetic of an evaluation, and the test at the epoch's end", () => {
    const cost = { macs: 1e6, peak: 10 };
    const sizes = { pictures: 1000, heldOut: 100, threads: 2 };
    expect(secondsPerEpoch(cost, sizes)).toBeCloseTo((2e6 * 3100) / 10e9, 12);
    expect(secondsPerEpoch(cost, sizes, 1)).toBeCloseTo(6.2, 12);
    expect(speedOf(1e6, 1000)).toBeCloseTo(6, 12);
  });

  it("read as one says them", () => {
    expect([0.0721, 2.3, 45_678, 2.2459e23].map(lossText)).toEqual(["0.072", "2.300", "45,678", "2.2e+23"]);
    expect([0.04, 9.94, 59.6, 61, 3661].map(duration)).toEqual([
      ...["0.0 s", "9.9 s", "1 min 0 s", "1 min 1 s", "1 h 1 min"],
    ]);
    expect([900, 4_400_000, 2.5e9].map(bytes)).toEqual(["1 kB", "4 MB", "2.5 GB"]);
    expect([416_520, 30_821_248, 1.5e9].map(many)).toEqual(["416,520", "30.8 million", "1.5 billion"]);
    expect([0, 0.021345, 14765].map(short)).toEqual(["0", "0.0213", "14,765"]);
  });
});

describe("a pace", () => {
  it("keeps what it is for to a share of the time, and no more often than asked", async () => {
    let now = 0;
    const pace = new Pace(300, 0.1, () => now);
    const spend = (milliseconds: number) =>
      pace.spend(async () => {
        now += milliseconds;
      });
    expect(pace.due()).toBe(true);
    await spend(10);
    now = 299;
    expect(pace.due()).toBe(false);
    now = 300;
    expect(pace.due()).toBe(true);
    await spend(100);
    now = 1299;
    expect(pace.due()).toBe(false);
    now = 1300;
    expect(pace.due()).toBe(true);
  });

  it("is due at once when it is asked for", async () => {
    let now = 0;
    const pace = new Pace(300, 0.1, () => now);
    await pace.spend(async () => {
      now += 50;
    });
    expect(pace.due()).toBe(false);
    pace.now();
    expect(pace.due()).toBe(true);
  });
});
