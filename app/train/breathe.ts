import type { Pictures } from "convnets";

/** Lets messages in: an engine without threads keeps its worker busy from one promise to the next. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** The same pictures with a breath before each batch, when the last one is `every` milliseconds ago. */
export function breathing(pictures: Pictures, every = 20): Pictures {
  return {
    ...pictures,
    batches: async function* (pass) {
      let last = performance.now();
      for await (const batch of pictures.batches(pass)) {
        if (performance.now() - last > every) {
          await breathe();
          last = performance.now();
        }
        yield batch;
      }
    },
  };
}
