/** The learning rate as a factor of its peak, by the part of the training that is done, 0 to 1. */
export type Schedule = (progress: number) => number;

export interface Warmup {
  /** The part of the training in which the rate grows linearly from 0 to its peak. Default 0. */
  readonly warmup?: number;
}

export function constantRate({ warmup = 0 }: Warmup = {}): Schedule {
  return (progress) => rising(progress, warmup);
}

/** Half a cosine from the peak to 0 (Loshchilov and Hutter 2017, without restarts). */
export function cosine({ warmup = 0 }: Warmup = {}): Schedule {
  return (progress) => {
    if (progress < warmup) return rising(progress, warmup);
    return (1 + Math.cos((Math.PI * (progress - warmup)) / (1 - warmup))) / 2;
  };
}

function rising(progress: number, warmup: number): number {
  return progress < warmup ? progress / warmup : 1;
}

/** Schedules by the names the command line knows them by. */
export const schedules: Readonly<Record<"constant" | "cosine", (options?: Warmup) => Schedule>> = {
  constant: constantRate,
  cosine,
};
