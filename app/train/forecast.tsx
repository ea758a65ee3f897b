import { type Signal, signal, useSignalEffect } from "@preact/signals";
import { wrap } from "comlink";
import type { JSX } from "preact";
import { facts, startOptions } from "./begin.ts";
import { settings } from "./choice.ts";
import { type Cost, type Question, secondsPerEpoch } from "./estimate.ts";
import { active, prepared, threadsFor } from "./session.ts";
import { knownSpeed } from "./speeds.ts";
import { bytes, duration, many } from "./text.ts";
import type { TrainingWorker } from "./worker.ts";

/** What the settings at hand would cost; or why they can't be trained. */
const forecast: Signal<Cost | string | undefined> = signal(undefined);

/** Milliseconds that settings have to stay as they are. */
const patience = 400;

/** What a training will take, before it is begun. */
export function Forecast(): JSX.Element | null {
  useSignalEffect(() => {
    const question = questionOf();
    if (active.value || question === undefined) return;
    let worker: Worker | undefined;
    const timer = setTimeout(() => {
      worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
      const own = worker;
      wrap<TrainingWorker>(own)
        .cost(question)
        .then(
          (cost) => {
            forecast.value = cost;
          },
          (error: unknown) => {
            forecast.value = error instanceof Error ? error.message : String(error);
          },
        )
        .finally(() => own.terminate());
    }, patience);
    return () => {
      clearTimeout(timer);
      worker?.terminate();
    };
  });
  const { value } = forecast;
  if (facts.value === undefined) return null;
  if (typeof value === "string")
    return (
      <div class="notice" role="alert">
        <p>This can't be trained: {value}</p>
      </div>
    );
  // While a training runs nothing else is measured; what it is itself is known.
  const known = value ?? prepared.value;
  return <p class="muted forecast">{known ? textOf(known) : "Measuring what it will take …"}</p>;
}

function questionOf(): Question | undefined {
  if (facts.value === undefined) return undefined;
  const { shape, classes } = facts.value;
  const options = startOptions.value;
  return { settings: settings.value, shape, classes, ...(options && { options }) };
}

function textOf(cost: Omit<Cost, "peak"> & Partial<Cost>): string {
  const { model, pictures, threads } = settings.value;
  const { train = 0, heldOut = 0 } = facts.value ?? {};
  const speed = knownSpeed(model);
  const size = { pictures: pictures === 0 ? train : Math.min(train, pictures), heldOut };
  const { macs, peak } = cost;
  const seconds = peak && secondsPerEpoch({ macs, peak }, { ...size, threads: threadsFor(threads) }, speed);
  return [
    `${many(cost.parameters)} parameters`,
    `${many(cost.macs)} multiply-adds a picture`,
    `${bytes(cost.memory)} of memory`,
    ...(seconds === undefined
      ? []
      : [seconds < 0.1 ? "less than 0.1 s an epoch" : `about ${duration(seconds)} an epoch`]),
  ].join(" · ");
}
