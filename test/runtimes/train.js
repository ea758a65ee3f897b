// Trains a few steps on the portable engine and prints the losses: the same program for every runtime and for a page. Its
// argument, or what follows the ? in the page's address, is the number of threads.
import { constantRate, inMemory, lenet5, loadEngine, sgd, Trainer } from "convnets";

const threads = Number(globalThis.process?.argv[2] ?? globalThis.location.search.slice(1));
const pictures = 64;
const data = {
  name: "stripes",
  images: Uint8Array.from(
    { length: pictures * 784 },
    (_, i) => ((i % 784) * (1 + (Math.floor(i / 784) % 10))) % 256,
  ),
  labels: Uint8Array.from({ length: pictures }, (_, i) => i % 10),
  shape: [1, 28, 28],
  classes: [..."0123456789"],
  normalization: { mean: [0.5], std: [0.3] },
};
const trainer = await Trainer.create(lenet5(), await loadEngine("wasm", { threads, relaxed: false }), {
  image: data,
  batch: 16,
  optimizer: sgd({ momentum: 0.9 }),
  rate: 0.05,
  schedule: constantRate(),
  seed: 1,
});
const losses = [];
for await (const report of trainer.fit({ train: inMemory(data) }, { epochs: 4 }))
  if (report.kind === "step") losses.push(report.loss);
console.log(JSON.stringify(losses));
