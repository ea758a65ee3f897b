import { Curve, type CurveData } from "../charts/curve.ts";
import type { EpochResult, News, Prepared, State, Test } from "./news.ts";
import { type Settings, settingNames } from "./settings.ts";

/** A training as it is kept and compared: what it was set to, and how it went. */
export interface Run {
  readonly id: string;
  /** As the reader sees and may change it. */
  readonly name: string;
  /** When it began, in milliseconds since 1970. */
  readonly started: number;
  readonly settings: Settings;
  /** `interrupted`: the page was closed meanwhile. */
  readonly state: State | "preparing" | "interrupted";
  readonly reason?: string;
  readonly prepared?: Omit<Prepared, "layers">;
  readonly epochs: readonly EpochResult[];
  readonly tests: readonly Test[];
  readonly loss: CurveData;
  readonly accuracy: CurveData;
  /** Steps done. */
  readonly step: number;
  readonly imagesPerSecond: number;
}

const nothing: CurveData = { stride: 1, means: [], smooth: [] };

export function newRun(id: string, name: string, settings: Settings, started: number): Run {
  return {
    ...{ id, name, started, settings, state: "preparing", epochs: [], tests: [] },
    ...{ loss: nothing, accuracy: nothing, step: 0, imagesPerSecond: 0 },
  };
}

/** Tests within epochs that are kept. */
const mostTests = 512;

/** Takes news into a run, step by step. */
export class Recorder {
  #run: Run;
  readonly #loss = new Curve();
  readonly #accuracy = new Curve();

  constructor(run: Run) {
    this.#run = run;
  }

  take({ prepared, progress, epochs = [], tests = [], state, reason }: News): Run {
    if (progress) {
      this.#loss.add(progress.losses);
      this.#accuracy.add(progress.accuracies);
    }
    const { layers: _, ...known } = prepared ?? {};
    this.#run = {
      ...this.#run,
      // The rest of what is prepared is all there where its layers are.
      ...(prepared && { prepared: known as Omit<Prepared, "layers"> }),
      ...(progress && {
        loss: this.#loss.data,
        accuracy: this.#accuracy.data,
        step: progress.step,
        imagesPerSecond: progress.imagesPerSecond,
      }),
      ...(epochs.length > 0 && { epochs: [...this.#run.epochs, ...epochs] }),
      ...(tests.length > 0 && { tests: [...this.#run.tests, ...tests].slice(-mostTests) }),
      ...(state !== undefined && { state }),
      ...(reason !== undefined && { reason }),
    };
    return this.#run;
  }

  get run(): Run {
    return this.#run;
  }

  /** The loss lately, for the display. */
  get latestLoss(): number | undefined {
    return this.#loss.latest;
  }
}

/** The share of held-out pictures that were right when they were last tested all; undefined before. */
export function finalAccuracy({ epochs }: Pick<Run, "epochs">): number | undefined {
  return epochs.at(-1)?.testAccuracy;
}

/** Seconds of training, without tests and pauses. */
export function trainingSeconds({ epochs }: Pick<Run, "epochs">): number {
  return epochs.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** The settings that are not the same in all of `runs`, with each run's. */
export function differences(
  runs: readonly Pick<Run, "settings">[],
): readonly { readonly name: keyof Settings; readonly values: readonly Settings[keyof Settings][] }[] {
  const [one] = runs;
  if (one === undefined) return [];
  // The names are those of the table, which has them all.
  const names = Object.keys(settingNames) as (keyof Settings)[];
  return names
    .filter((name) => runs.some(({ settings }) => settings[name] !== one.settings[name]))
    .map((name) => ({ name, values: runs.map(({ settings }) => settings[name]) }));
}
