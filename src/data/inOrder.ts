/**
 * What `make` makes of each job, in the order of the jobs, with at most `ahead` of them begun and not taken yet: who
 * takes slowly holds the making back.
 */
export async function* inOrder<Job, Result>(
  jobs: Iterable<Job>,
  make: (job: Job) => Promise<Result>,
  ahead: number,
): AsyncGenerator<Result, void, void> {
  const begun: Promise<Result>[] = [];
  for (const job of jobs) {
    const result = make(job);
    // A failure is told when its turn comes, not before.
    result.catch(() => {});
    begun.push(result);
    if (begun.length > ahead) yield await taken(begun);
  }
  while (begun.length > 0) yield await taken(begun);
}

function taken<Result>(begun: Promise<Result>[]): Promise<Result> {
  const first = begun.shift();
  if (first === undefined) throw new Error("bug in this library: no job was begun");
  return first;
}

/** Runs tasks in the order in which they come, at most `most` of them at a time. */
export function limited(most: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running < most) running++;
    else await new Promise<void>((start) => waiting.push(start));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // The place goes to the next one, or is free.
      if (next === undefined) running--;
      else next();
    }
  };
}
