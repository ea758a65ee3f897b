/**
 * One of our engines that knows the machine's peak.
 * @param {string} name
 * @param {number} threads
 */
export async function engineFor(name, threads) {
  if (name === "wasm") {
    const { loadWasm } = await import("../../dist/engines/wasm/engine.js");
    return loadWasm({ threads });
  }
  const { loadOnednn } = await import("../../dist/engines/onednn/engine.js");
  return loadOnednn({ threads });
}
