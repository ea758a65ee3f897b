import { constantRate, loadEngine, Random, summarize, Trainer } from "convnets";
import { layerShapes, Probe } from "convnets/explain";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstActivation, type NetName, nets } from "../../app/ideas/nets.ts";
import {
  agreement,
  agreementOfMaps,
  farthest,
  moved,
  placementAddressing,
  ringMean,
  sampleCount,
  samples,
  steps,
} from "../../app/ideas/shift.ts";

const shift = fc.record({
  dx: fc.integer({ min: -farthest, max: farthest }),
  dy: fc.integer({ min: -farthest, max: farthest }),
});

describe("a picture that is moved", () => {
  it("has each pixel (dx, dy) away, and background where none comes from", () => {
    expect([...moved(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), { dx: 1, dy: -1 })]).toEqual([
      0, 4, 5, 0, 7, 8, 0, 0, 0,
    ]);
    expect([...moved(Float32Array.of(1, 2, 3, 4), { dx: 0, dy: 1 }, -0.5)]).toEqual([-0.5, -0.5, 1, 2]);
    expect([...moved(Uint8Array.of(1, 2, 3, 4), { dx: 5, dy: 0 })]).toEqual([0, 0, 0, 0]);
  });

  it("is itself again when moved back, but for what left it", () => {
    const picture = Uint8Array.from({ length: 28 * 28 }, (_, index) => 1 + (index % 255));
    fc.assert(
      fc.property(shift, ({ dx, dy }) => {
        const back = moved(moved(picture, { dx, dy }), { dx: -dx, dy: -dy });
        back.forEach((pixel, index) => {
          const [x, y] = [(index % 28) + dx, Math.floor(index / 28) + dy];
          const kept = x >= 0 && x < 28 && y >= 0 && y < 28;
          expect(pixel).toBe(kept ? picture[index] : 0);
        });
      }),
    );
  });
});

describe("the networks", () => {
  it("read 28x28 digits, tell ten apart, and have a first activation that can be asked for", () => {
    const models = nets.map((net) => net.create());
    expect(models.map(({ input, classes }) => [input, classes])).toEqual(Array(3).fill([[1, 28, 28], 10]));
    expect(models.map((model) => layerShapes(model).get(firstActivation))).toEqual([
      [256],
      [6, 28, 28],
      [8, 28, 28],
    ]);
    expect(models.map((model) => summarize(model).parameters)).toEqual([235_146, 61_706, 16_586]);
  });

  it("LeNet-5's first maps move with the picture, and the perceptron's units are others", async () => {
    const engine = await loadEngine("wasm", { threads: 1 });
    const random = new Random(5, 0, 0);
    const picture = Float32Array.from({ length: 28 * 28 }, () => random.uniform());
    const by = { dx: 3, dy: -2 };
    /** The first layer of the network as it starts, for the picture in place and moved. */
    const firstLayer = async (name: NetName) => {
      const net = nets.find((net) => net.name === name);
      if (net === undefined) throw new Error(`no network ${name}`);
      const model = net.create();
      const image = { shape: model.input, normalization: { mean: [0], std: [1] } };
      const trainer = await Trainer.create(model, engine, {
        ...{ image, batch: 1, optimizer: net.optimizer(), rate: net.rate, schedule: constantRate(), seed: 1 },
      });
      const subject = { model, weights: trainer.weights(), engine };
      const probe = await Probe.create(subject, { values: [firstActivation], batch: 2 });
      const values = (await probe.run(Float32Array.of(...picture, ...moved(picture, by)))).values;
      const both = values.get(firstActivation) ?? new Float32Array();
      return [both.slice(0, both.length / 2), both.slice(both.length / 2)] as const;
    };

    const [before, after] = await firstLayer("lenet5");
    const maps = agreementOfMaps(before, after, { maps: 6, margin: 2, ...by });
    expect(maps.largestDifference).toBeLessThan(1e-6);
    expect(maps.correlation).toBeCloseTo(1, 6);
    const unmoved = agreementOfMaps(before, after, { maps: 6, margin: 2, dx: 0, dy: 0 });
    expect(unmoved.largestDifference).toBeGreaterThan(0.1);

    const units = agreement(...(await firstLayer("mlp")));
    expect(units.largestDifference).toBeGreaterThan(0.1);
  });
});

describe("arithmetic on what the networks answer", () => {
  it("correlation is 1 up to scale and sign, and not defined for what does not vary", () => {
    const a = Float32Array.of(1, 2, 3, 5);
    expect(agreement(a, a)).toEqual({ correlation: 1, largestDifference: 0 });
    expect(
      agreement(
        a,
        a.map((x) => 2 * x),
      ).correlation,
    ).toBeCloseTo(1, 12);
    expect(
      agreement(
        a,
        a.map((x) => -x),
      ).correlation,
    ).toBeCloseTo(-1, 12);
    expect(
      agreement(
        a,
        a.map((x) => -x),
      ).largestDifference,
    ).toBe(10);
    expect(agreement(a, new Float32Array(4)).correlation).toBeNaN();
  });

  it("rings have 1, 8 and 80 cells, and their means are those of the cells", () => {
    const map = steps.flatMap((dy) =>
      steps.map((dx) => (Math.max(Math.abs(dx), Math.abs(dy)) === 3 ? 1 : 0)),
    );
    expect([0, 2, 3, 4].map((distance) => ringMean(map, distance))).toEqual([0, 0, 1, 0]);
    const corner = steps.flatMap((dy) => steps.map((dx) => (dx === 10 && dy === -10 ? 1 : 0)));
    expect(ringMean(corner, 10)).toBeCloseTo(1 / 80, 12);
  });

  it("samples are the first five of each class, by class", () => {
    const labels = Uint8Array.from({ length: 200 }, (_, index) => (index * 7) % 10);
    const chosen = samples(labels);
    expect(chosen.length).toBe(sampleCount);
    expect(chosen.map((index) => labels[index])).toEqual(
      Array.from({ length: sampleCount }, (_, index) => Math.floor(index / 5)),
    );
  });

  it("a placement goes through the address unchanged, and any address means some placement", () => {
    fc.assert(
      fc.property(shift, fc.integer({ min: 0, max: sampleCount - 1 }), (by, digit) => {
        const query = new URLSearchParams(placementAddressing.format({ ...by, digit }));
        expect(placementAddressing.parse(query)).toEqual({ ...by, digit });
      }),
    );
    const odd = new URLSearchParams("digit=99&dx=-1000&dy=2.5");
    expect(placementAddressing.parse(odd)).toEqual({ digit: 49, dx: -10, dy: 0 });
  });
});
