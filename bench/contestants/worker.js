/** The browser's `Worker`, as far as jax-js needs it to use more than one thread in Node. */

import { resolveObjectURL } from "node:buffer";
import { Worker as Thread } from "node:worker_threads";

const PRELUDE = `
  const { parentPort } = require("node:worker_threads");
  globalThis.self = globalThis;
  globalThis.postMessage = (data) => parentPort.postMessage(data);
  parentPort.on("message", (data) => self.onmessage({ data }));
`;

class BlobWorker {
  /** @type {Promise<Thread>} */
  #thread;

  /** @param {string} url of a blob that holds the script */
  constructor(url) {
    this.#thread = this.#start(url);
  }

  async #start(url) {
    const source = await resolveObjectURL(url).text();
    const thread = new Thread(PRELUDE + source, { eval: true });
    return thread
      .on("message", (data) => this.onmessage({ data }))
      .on("error", (error) => this.onerror(error));
  }

  async postMessage(data) {
    (await this.#thread).postMessage(data);
  }
}

/** @param {number} threads */
export function offerWorkers(threads) {
  globalThis.Worker = BlobWorker;
  Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: threads } });
}
