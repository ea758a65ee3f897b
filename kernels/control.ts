// The first words of a program's memory: how its threads meet, and what went wrong. The addresses are known to
// src/engines/wasm/memory.ts.

const ARRIVED: usize = 0;
const GENERATION: usize = 64;
const WAITING: usize = 128;
const ABORT: usize = 192;
const FAILURE: usize = 256;
const VERDICT: usize = 320;

/** Looks at the others for so long, some 30 microseconds, before it sleeps: longer than it takes to wake somebody up. */
const spins: i32 = 100000;

/** Ends the run, since a sample has a label that is no class. The first to fail is the one that is heard. */
export function refuseLabel(sample: i32, label: i32, classes: i32): void {
  if (load<i32>(FAILURE) !== 0) return;
  store<i32>(FAILURE, 1);
  store<i32>(FAILURE + 4, sample);
  store<i32>(FAILURE + 8, label);
  store<i32>(FAILURE + 12, classes);
}

/** Returns when all threads have called it: 0, or else the run is over. */
export function barrier(threads: i32): i32 {
  if (ASC_FEATURE_THREADS) {
    const generation = atomic.load<i32>(GENERATION);
    if (atomic.add<i32>(ARRIVED, 1) === threads - 1) {
      atomic.store<i32>(ARRIVED, 0);
      // Said once for all: a thread that wakes late must not hear of what failed since, and leave alone.
      atomic.store<i32>(VERDICT, atomic.load<i32>(FAILURE));
      atomic.store<i32>(GENERATION, generation + 1);
      if (atomic.load<i32>(WAITING) !== 0) atomic.notify(GENERATION, -1);
    } else wait(generation);
    return atomic.load<i32>(ABORT) | atomic.load<i32>(VERDICT);
  }
  return load<i32>(FAILURE);
}

function wait(generation: i32): void {
  for (let spin = 0; spin < spins; spin++) if (atomic.load<i32>(GENERATION) !== generation) return;
  // Whoever opens the barrier, or aborts, changes the generation first and then looks for sleepers: none sleeps on.
  atomic.add<i32>(WAITING, 1);
  while (atomic.load<i32>(GENERATION) === generation) atomic.wait<i32>(GENERATION, generation, -1);
  atomic.sub<i32>(WAITING, 1);
}
