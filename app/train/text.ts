import type { Run } from "./run.ts";

/** `98.1 %` of a fraction of one. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/** `9,000` */
export function whole(number: number): string {
  return Math.round(number).toLocaleString("en");
}

/** Three digits that count: `0.0213`, `14,800`; `2.2e+23` of what is beyond all sense. */
export function short(number: number): string {
  if (number === 0) return "0";
  if (Math.abs(number) >= 1e6) return number.toExponential(1);
  return Math.abs(number) >= 1000 ? whole(number) : `${Number(number.toPrecision(3))}`;
}

/** `0.072`; a training that diverges has losses of any size. */
export function lossText(loss: number): string {
  return loss < 100 ? loss.toFixed(3) : short(loss);
}

/** `4.2 s`, `3 min 20 s`, `2 h 5 min` */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const all = Math.round(seconds);
  if (all < 60) return `${all} s`;
  const minutes = Math.floor(all / 60);
  if (minutes < 60) return `${minutes} min ${all % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `12 MB`, of a million bytes each. */
export function bytes(count: number): string {
  if (count < 1e6) return `${Math.max(1, Math.round(count / 1e3))} kB`;
  return count < 1e9 ? `${Math.round(count / 1e6)} MB` : `${(count / 1e9).toFixed(1)} GB`;
}

/** `416,520`, `31 million`, `1.5 billion` */
export function many(count: number): string {
  if (count < 1e6) return whole(count);
  return count < 1e9 ? `${short(count / 1e6)} million` : `${short(count / 1e9)} billion`;
}

/** What of a run's held-out pictures is right; undefined before its first test on all of them. */
export function heldOutText(run: Run): string | undefined {
  const last = run.epochs.at(-1);
  if (last === undefined || run.prepared === undefined) return undefined;
  const what = run.settings.data === "digits" ? "digits" : "pictures";
  return `${percent(last.testAccuracy)} of ${whole(run.prepared.heldOut)} held-out ${what} right`;
}

const states: Readonly<Record<Run["state"], string>> = {
  preparing: "Preparing",
  running: "Training",
  paused: "Paused",
  done: "Done",
  stopped: "Stopped",
  diverged: "Diverged",
  failed: "Failed",
  interrupted: "Interrupted",
};

export function stateText({ state }: Pick<Run, "state">): string {
  return states[state];
}
