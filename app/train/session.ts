import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { proxy, type Remote, wrap } from "comlink";
import type { DataSplits } from "convnets";
import { newId } from "../networks/network.ts";
import { activity } from "../shell/activity.ts";
import { speedOf } from "./estimate.ts";
import { choose, record, runs } from "./history.ts";
import type { Look, Watched } from "./look.ts";
import type { News, Outcome, Prepared } from "./news.ts";
import { newRun, Recorder, type Run } from "./run.ts";
import { rememberSpeed } from "./speeds.ts";
import type { Start } from "./trainee.ts";
import type { Job, TrainingWorker } from "./worker.ts";

// The training that goes on, whatever page is shown: it lasts as long as this module, not as a component.

/** The run of this visit, with its curves as they grow; undefined before the first. */
export const current: Signal<Run | undefined> = signal(undefined);
export const prepared: Signal<Prepared | undefined> = signal(undefined);
export const look: Signal<Look | undefined> = signal(undefined);
export const outcome: Signal<Outcome | undefined> = signal(undefined);
/** The loss lately: an exponential mean. */
export const latestLoss: Signal<number | undefined> = signal(undefined);
export const rate: Signal<number | undefined> = signal(undefined);
/** What is looked at while it trains. */
export const watched: Signal<Watched | undefined> = signal(undefined);

export type Phase = "none" | Run["state"];
export const phase: ReadonlySignal<Phase> = computed(() => current.value?.state ?? "none");
/** Whether a worker trains or will go on to. */
export const active: ReadonlySignal<boolean> = computed(
  () => phase.value === "preparing" || phase.value === "running" || phase.value === "paused",
);

interface Hired {
  readonly worker: Worker;
  readonly remote: Remote<TrainingWorker>;
  readonly recorder: Recorder;
}

let hired: Hired | undefined;

/** All cores but one, which is the page's. */
export function threadsFor(asked: number): number {
  return asked > 0 ? asked : Math.max(1, navigator.hardwareConcurrency - 1);
}

/** What is to be trained; what takes a while to come is asked for when the run is begun. */
export interface Order extends Pick<Job, "settings" | "steps" | "testOn"> {
  readonly pictures?: () => Promise<DataSplits>;
  readonly start?: () => Promise<Start>;
}

/** Ends what was there and begins a training. */
export async function train({ pictures, start, ...rest }: Order): Promise<void> {
  if (hired && active.value) take(hired, { state: "stopped" });
  hired?.worker.terminate();
  for (const state of [prepared, look, outcome, latestLoss, rate]) state.value = undefined;
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const { settings } = rest;
  const run = newRun(newId(), nameFor(settings.model), settings, Date.now());
  const own: Hired = { worker, remote: wrap<TrainingWorker>(worker), recorder: new Recorder(run) };
  hired = own;
  current.value = run;
  record(run);
  choose(run.id, true);
  const fail = (reason: string) => take(own, { state: "failed", reason });
  worker.onerror = ({ message }) => fail(message || "the worker did not start");
  try {
    const [given, from] = await Promise.all([pictures?.(), start?.()]);
    const job: Job = {
      ...{ ...rest, threads: threadsFor(settings.threads) },
      ...(given && { pictures: given }),
      ...(from && { start: from }),
    };
    if (hired === own)
      await own.remote.train(
        job,
        proxy((news: News) => take(own, news)),
      );
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

export function pause(): void {
  void hired?.remote.pause();
}

export function resume(): void {
  void hired?.remote.resume();
}

export function step(): void {
  void hired?.remote.step();
}

export function stop(): void {
  void hired?.remote.stop();
}

/** The weights as they are now, a `.safetensors` file. The training has to be at rest. */
export async function weights(): Promise<Uint8Array<ArrayBuffer>> {
  return (await hired?.remote.weights()) ?? new Uint8Array();
}

function take(from: Hired, news: News): void {
  // A worker that was let go may have said something before.
  if (from !== hired) return;
  const run = from.recorder.take(news);
  current.value = run;
  if (news.prepared) {
    prepared.value = news.prepared;
    from.remote.watch(watched.value).catch(() => {});
  }
  if (news.progress) {
    latestLoss.value = from.recorder.latestLoss;
    rate.value = news.progress.rate;
  }
  if (news.look) look.value = news.look;
  if (news.outcome) outcome.value = news.outcome;
  // The table of runs is drawn anew when something of it changes, not with every step.
  if (news.state !== undefined || news.epochs !== undefined) record(run);
  if (news.state === "done" && run.prepared)
    rememberSpeed(run.settings.model, speedOf(run.prepared.macs, run.imagesPerSecond));
}

function nameFor(model: string): string {
  const taken = new Set(runs.value.map(({ name }) => name));
  let number = 1;
  while (taken.has(`${model} ${number}`)) number++;
  return `${model} ${number}`;
}

effect(() => {
  const { value } = watched;
  // What keeps it from looking keeps it from training too, and is told then.
  hired?.remote.watch(value).catch(() => {});
});

const share: ReadonlySignal<number> = computed(() => {
  const run = current.value;
  return run?.prepared ? Math.floor((100 * run.step) / run.prepared.steps) : 0;
});

effect(() => {
  const text =
    phase.value === "paused" ? `Training paused at ${share.value} %` : `Training, ${share.value} %`;
  activity.value = active.value ? { page: "train", text } : undefined;
});

effect(() => {
  if (!active.value) return;
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  addEventListener("beforeunload", ask);
  return () => removeEventListener("beforeunload", ask);
});
