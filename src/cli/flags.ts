import { InvalidArgumentError, Option } from "commander";
import { engineNames } from "../engines/auto.ts";

/** What every command takes. */
export interface Flags {
  readonly json?: boolean;
  readonly debug?: boolean;
}

/** What a command that runs a network takes. */
export interface EngineFlags extends Flags {
  readonly engine: string;
  readonly threads?: number;
}

export function engineOption(): Option {
  return new Option("--engine <name>", `what computes: auto, ${engineNames.join(", ")}`).default("auto");
}

export function threadsOption(): Option {
  return new Option("--threads <n>", "threads of the engine (default: all; reference has one)").argParser(
    whole(1, 1024),
  );
}

export function checkpointOption(): Option {
  return new Option("--checkpoint <which>", "of a run: best or last (default: best)").choices([
    "best",
    "last",
  ]);
}

/** Reads a whole number. */
export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
    throw new InvalidArgumentError(`Expected a whole number, ${range}.`);
  };
}

/** Reads a number from `least` up to, and unless `least` is said to do so not including, `below`. */
export function real(least: number, below: number = Number.POSITIVE_INFINITY): (text: string) => number {
  return (text) => {
    const value = /^[\d.]+(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value < below) return value;
    const range =
      below === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} or more and below ${below}`;
    throw new InvalidArgumentError(`Expected a number, ${range}.`);
  };
}

/** Reads the shape of a picture. */
export function extents(text: string): readonly [channels: number, height: number, width: number] {
  const [, c, h, w] = /^(\d{1,6})x(\d{1,6})x(\d{1,6})$/.exec(text) ?? [];
  const [channels, height, width] = [Number(c), Number(h), Number(w)];
  if (channels > 0 && height > 0 && width > 0) return [channels, height, width];
  throw new InvalidArgumentError("Expected CHANNELSxHEIGHTxWIDTH, for example 3x224x224.");
}
