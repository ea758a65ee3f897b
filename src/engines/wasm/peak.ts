/** GFLOP/s of multiply-adds in vectors of four on this thread: the best of many short attempts. */
export function measurePeak(module: WebAssembly.Module, shared: boolean): number {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  // The module's own kernel, by its signature.
  const multiplyAdd = exports.multiplyAdd as (record: number, thread: number, threads: number) => void;
  const record = 1024;
  const rounds = 100_000;
  const view = new DataView(memory.buffer, record);
  view.setInt32(0, rounds, true);
  view.setFloat32(4, 0.5, true);
  let best = 0;
  // The first attempts run code that the host has not optimised yet.
  for (let attempt = 0; attempt < 60; attempt++) {
    const start = performance.now();
    multiplyAdd(record, 0, 1);
    const seconds = (performance.now() - start) / 1000;
    best = Math.max(best, (2 * 4 * 12 * rounds) / seconds / 1e9);
  }
  return best;
}
