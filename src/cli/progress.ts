import { Writable } from "node:stream";
import cliProgress from "cli-progress";
import { duration, long, percent } from "../report/numbers.ts";
import type { StepReport } from "../train/reports.ts";
import { columnsOf, type Output, print } from "./io.ts";
import { cut } from "./table.ts";

/** Shows how a training goes on. */
export interface Progress {
  step(report: StepReport): void;
  /** Prints a line that stays. */
  line(text: string): void;
  /** Leaves nothing of itself on the screen. */
  close(): void;
}

/** Without a terminal, a line is printed at most so often. */
const secondsBetweenLines = 2;
const linesAnEpoch = 10;
/** How much of the old mean the next step keeps. */
const memory = 0.9;

export interface ProgressOptions {
  /** Where lines go. */
  readonly lines: Output;
  /** Where a bar goes, if that is a terminal. */
  readonly bar: Output;
  readonly epochs: number;
  readonly stepsAnEpoch: number;
  readonly quiet: boolean;
}

export function progress(options: ProgressOptions): Progress {
  const { lines, bar, quiet } = options;
  if (quiet) return { step: () => {}, line: () => {}, close: () => {} };
  return bar.isTTY ? drawn(options) : printed(lines, options);
}

function printed(lines: Output, { epochs, stepsAnEpoch }: ProgressOptions): Progress {
  const every = Math.ceil(stepsAnEpoch / linesAnEpoch);
  const mean = running();
  let last = performance.now();
  return {
    step: (report) => {
      const { loss, accuracy, left } = mean(report);
      const { epoch, step, steps, imagesPerSecond } = report;
      if (step % every !== 0 || performance.now() - last < 1000 * secondsBetweenLines) return;
      last = performance.now();
      print(
        lines,
        `epoch ${epoch}/${epochs}  step ${step}/${steps}  ${figures(loss, accuracy, imagesPerSecond, left)}`,
      );
    },
    line: (text) => print(lines, text),
    close: () => {},
  };
}

function drawn({ lines, bar: output, epochs }: ProgressOptions): Progress {
  const mean = running();
  let text = "";
  let at = 0;
  const bar = new cliProgress.SingleBar({
    format: (_, { progress }) => withBar(text, progress, columnsOf(output) - 1),
    stream: streamTo(output),
    fps: 10,
    clearOnComplete: true,
    linewrap: true,
  });
  return {
    step: (report) => {
      const { loss, accuracy, left } = mean(report);
      const { epoch, step, steps, imagesPerSecond } = report;
      text = `epoch ${epoch}/${epochs}\n${figures(loss, accuracy, imagesPerSecond, left)}`;
      if (!bar.isActive) bar.start(steps, at);
      at = step;
      bar.update(step);
    },
    line: (line) => {
      bar.stop();
      print(lines, line);
    },
    close: () => bar.stop(),
  };
}

/** Means over the last steps, and the seconds left at the pace so far. */
function running(): (report: StepReport) => { loss: number; accuracy: number; left: number } {
  const start = performance.now();
  let means: { readonly loss: number; readonly accuracy: number } | undefined;
  return ({ loss, accuracy, step, steps }) => {
    const mix = (old: number, fresh: number) => memory * old + (1 - memory) * fresh;
    means = means
      ? { loss: mix(means.loss, loss), accuracy: mix(means.accuracy, accuracy) }
      : { loss, accuracy };
    const left = (((performance.now() - start) / 1000) * (steps - step)) / step;
    return { ...means, left };
  };
}

function figures(loss: number, accuracy: number, imagesPerSecond: number, left: number): string {
  const pace = long(Number(imagesPerSecond.toPrecision(3)));
  return `loss ${loss.toFixed(4)}  ${percent(accuracy, 1)}  ${pace} images/s  ${duration(left)} left`;
}

/** The line in `width` columns: what stands before the bar and, after a line end, what stands behind it. */
function withBar(text: string, done: number, width: number): string {
  const [before = "", behind = ""] = text.split("\n");
  const room = Math.min(40, width - before.length - behind.length - 4);
  if (room < 4) return cut(`${before}  ${behind}`, width);
  const full = Math.round(done * room);
  return `${before} [${"=".repeat(full)}${" ".repeat(room - full)}] ${behind}`;
}

/** The stream that the bar's library draws on. */
function streamTo(output: Output): NodeJS.WritableStream {
  const stream = new Writable({
    write: (chunk, _, done) => {
      output.write(String(chunk));
      done();
    },
  });
  return Object.assign(stream, { isTTY: true, columns: columnsOf(output) });
}
