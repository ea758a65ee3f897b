import {
  cosine,
  type Dataset,
  type Engine,
  inMemory,
  loadEngine,
  type Normalization,
  subset,
  Trainer,
} from "convnets";
import { Probe } from "convnets/explain";
import { loadDigits } from "../digits/load.ts";
import { firstActivation, type Net, type NetName, nets } from "./nets.ts";
import {
  type Agreement,
  agreement,
  agreementOfMaps,
  moved,
  type Shift,
  sampleCount,
  samples,
  steps,
} from "./shift.ts";

/** The digits that the reader moves. */
export interface Samples {
  /** u8 `[count, 28, 28]` */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

export interface Progress {
  readonly net: NetName;
  /** Of all the work, from 0 to 1. */
  readonly done: number;
  /** The share of the last pictures that were read rightly. */
  readonly accuracy: number;
}

export interface Outcome {
  readonly net: NetName;
  /** The share of the 1,000 test digits, in place, that it reads rightly. */
  readonly accuracy: number;
  readonly parameters: number;
  readonly seconds: number;
}

/** One digit in one place. */
export interface Look {
  /** `[10]` each. */
  readonly probabilities: Readonly<Record<NetName, Float32Array>>;
  /** LeNet-5's first maps, f32 `[6, 28, 28]`, for the digit in place and moved. */
  readonly maps: Pair;
  /** The perceptron's hidden units, f32 `[256]`. */
  readonly units: Pair;
}

/** Values for the digit in place and moved, and how they agree: maps moved back first. */
export interface Pair extends Agreement {
  readonly before: Float32Array;
  readonly after: Float32Array;
}

/** A row of the maps: for each dx the means over all samples. */
export interface MapRow {
  readonly net: NetName;
  /** Index into `steps`. */
  readonly row: number;
  /** Of the true class. */
  readonly probability: Float32Array;
  /** Read rightly. */
  readonly right: Float32Array;
}

interface Trained {
  readonly one: Probe;
  readonly many: Probe;
}

/** How large LeNet-5's first maps are, and how far a place in them reads. */
const lenetMaps = { maps: 6, margin: 2 };

/** What the worker does: trains the networks, and looks at digits by them. */
export class Laboratory {
  readonly #trained = new Map<NetName, Trained>();
  #test: Promise<Dataset> | undefined;
  #chosen: Promise<Dataset> | undefined;
  #input = new Float32Array();

  async samples(): Promise<Samples> {
    const { images, labels } = await this.#samples();
    return { images, labels };
  }

  /** Trains all networks; tells of each when it is done. */
  async train(
    threads: number,
    onProgress: (progress: Progress) => void,
    onOutcome: (outcome: Outcome) => void,
  ): Promise<void> {
    const [train, test, engine] = await Promise.all([
      loadDigits("train"),
      this.#tests(),
      loadEngine("wasm", { threads }),
    ]);
    for (const [index, net] of nets.entries()) {
      const tell = ({ done, accuracy }: Pick<Progress, "done" | "accuracy">) =>
        onProgress({ net: net.name, done: (index + done) / nets.length, accuracy });
      onOutcome(await this.#teach(net, engine, { train, test, tell }));
    }
  }

  async #teach(net: Net, engine: Engine, { train, test, tell }: Lesson): Promise<Outcome> {
    const model = net.create();
    const start = performance.now();
    const trainer = await Trainer.create(model, engine, {
      image: train,
      batch: 50,
      optimizer: net.optimizer(),
      rate: net.rate,
      schedule: cosine({ warmup: { part: 0.05 } }),
      seed: 1,
    });
    let told = start;
    let accuracy = 0;
    for await (const report of trainer.fit({ train: inMemory(train), validate: inMemory(test) }, net)) {
      if (report.kind === "epoch") accuracy = report.validation?.top1 ?? 0;
      else if (performance.now() - told > 100) {
        told = performance.now();
        tell({ done: report.step / report.steps, accuracy: report.accuracy });
      }
    }
    const subject = { model, weights: trainer.weights(), engine };
    this.#trained.set(net.name, {
      one: await Probe.create(subject, { values: [firstActivation] }),
      many: await Probe.create(subject, { batch: sampleCount }),
    });
    const parameters = [...subject.weights.values()].reduce((sum, { data }) => sum + data.length, 0);
    return { net: net.name, accuracy, parameters, seconds: (performance.now() - start) / 1000 };
  }

  /** What the networks make of a sample, moved. Throws before they are trained. */
  async look(index: number, shift: Shift): Promise<Look> {
    const { images, normalization } = await this.#samples();
    const picture = images.subarray(index * 784, (index + 1) * 784);
    const inPlace = normalized(picture, normalization);
    const away = normalized(moved(picture, shift), normalization);
    const answer = async (name: NetName) => {
      const { one } = this.#net(name);
      const first = await one.run(inPlace);
      const second = await one.run(away);
      const none = new Float32Array();
      return {
        probabilities: second.probabilities,
        before: first.values.get(firstActivation) ?? none,
        after: second.values.get(firstActivation) ?? none,
      };
    };
    const [mlp, lenet5, pooled] = [await answer("mlp"), await answer("lenet5"), await answer("pooled")];
    return {
      probabilities: {
        mlp: mlp.probabilities,
        lenet5: lenet5.probabilities,
        pooled: pooled.probabilities,
      },
      maps: {
        before: lenet5.before,
        after: lenet5.after,
        ...agreementOfMaps(lenet5.before, lenet5.after, { ...lenetMaps, ...shift }),
      },
      units: { before: mlp.before, after: mlp.after, ...agreement(mlp.before, mlp.after) },
    };
  }

  /** Every network on all samples at every shift, a row at a time. */
  async chart(onRow: (row: MapRow) => void): Promise<void> {
    const { images, labels, normalization } = await this.#samples();
    this.#input = new Float32Array(images.length);
    for (const [row, dy] of steps.entries())
      for (const { name } of nets) {
        const probability = new Float32Array(steps.length);
        const right = new Float32Array(steps.length);
        for (const [column, dx] of steps.entries()) {
          for (let start = 0; start < images.length; start += 784)
            this.#input.set(
              normalized(moved(images.subarray(start, start + 784), { dx, dy }), normalization),
              start,
            );
          const { probabilities } = await this.#net(name).many.run(this.#input);
          labels.forEach((label, sample) => {
            const row = probabilities.subarray(10 * sample, 10 * sample + 10);
            probability[column] = (probability[column] ?? 0) + (row[label] ?? 0) / labels.length;
            if (row[label] === Math.max(...row)) right[column] = (right[column] ?? 0) + 1 / labels.length;
          });
        }
        onRow({ net: name, row, probability, right });
        // Lets `look` have its turn.
        await new Promise((resolve) => setTimeout(resolve));
      }
  }

  #net(name: NetName): Trained {
    const found = this.#trained.get(name);
    if (found === undefined) throw new Error(`${name} is not trained yet`);
    return found;
  }

  #tests(): Promise<Dataset> {
    this.#test ??= loadDigits("test");
    return this.#test;
  }

  #samples(): Promise<Dataset> {
    this.#chosen ??= this.#tests().then((test) => subset(test, samples(test.labels)));
    return this.#chosen;
  }
}

interface Lesson {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly tell: (progress: Pick<Progress, "done" | "accuracy">) => void;
}

function normalized(picture: Uint8Array, { mean, std }: Normalization): Float32Array {
  const [average = 0, deviation = 1] = [mean[0], std[0]];
  return Float32Array.from(picture, (pixel) => (pixel / 255 - average) / deviation);
}
