// Trains LeNet-5 on handwritten digits and says how many it gets right.
import { cosine, inMemory, lenet5, loadEngine, sgd, Trainer } from "../src/index.ts";
import { loadDigits } from "../src/node.ts";

const engine = await loadEngine("auto");
const { train, test } = await loadDigits();
const trainer = await Trainer.create(lenet5(), engine, {
  image: { shape: train.shape, normalization: train.normalization },
  batch: 64,
  optimizer: sgd({ momentum: 0.9, weightDecay: 5e-4 }),
  rate: 0.02,
  schedule: cosine({ warmup: { part: 0.05 } }),
  seed: 1,
});
for await (const report of trainer.fit({ train: inMemory(train), validate: inMemory(test) }, { epochs: 3 }))
  if (report.kind === "epoch")
    console.log(
      `epoch ${report.epoch}: loss ${report.loss.toFixed(3)}, ${report.validation?.top1} of the digits right`,
    );
