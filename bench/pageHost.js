/** `host.js` in a page. `page.js` passes on what is said. */

const query = new URLSearchParams(location.search);

export const args = query.getAll("arg");

/** @param {object} message */
export function say(message) {
  globalThis.toOrchestrator(message);
}

/** @type {object[]} */
const waiting = [];
let wake = () => {};

globalThis.fromOrchestrator = (order) => {
  waiting.push(order);
  wake();
};

/** Never ends: the page is closed. */
export async function* orders() {
  for (;;) {
    while (waiting.length > 0) yield waiting.shift();
    await new Promise((resolve) => {
      wake = () => resolve(undefined);
    });
  }
}

export function leave() {}

/** A page can't tell. */
export function memory() {
  return {};
}

/** @param {string} job */
export async function exported(job) {
  const response = await fetch(`/network.onnx?${new URLSearchParams({ job })}`);
  if (!response.ok) throw new Error(await response.text());
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Pages have workers: this only makes peers believe in as many cores.
 * @param {number} threads
 */
export function offerWorkers(threads) {
  Object.defineProperty(navigator, "hardwareConcurrency", { value: threads });
}
