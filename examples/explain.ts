// Trains LeNet-5 for a moment and says which pixels of a digit speak for the network's answer.

import { integratedGradients, networkPictures, overChannels } from "../src/explain/index.ts";
import { cosine, inMemory, lenet5, loadEngine, sgd, Trainer } from "../src/index.ts";
import { loadDigits } from "../src/node.ts";

const engine = await loadEngine("auto");
const { train, test } = await loadDigits();
const model = lenet5();
const trainer = await Trainer.create(model, engine, {
  image: train,
  batch: 64,
  optimizer: sgd({ momentum: 0.9 }),
  rate: 0.02,
  schedule: cosine(),
  seed: 1,
});
for await (const _ of trainer.fit({ train: inMemory(train) }, { epochs: 2 }));

const subject = { model, weights: trainer.weights(), engine };
const picture = await networkPictures(model, engine, test, test.images.slice(0, 784));
const { target, score, baselineScore, ...attribution } = await integratedGradients(subject, picture);
const { data } = overChannels({ ...attribution, target }, "sum");
const strongest = data.indexOf(Math.max(...data));
console.log(
  `${test.classes[target]}: the score rises from ${baselineScore.toFixed(2)} to ${score.toFixed(2)},`,
  `most of all for row ${Math.floor(strongest / 28)}, column ${strongest % 28}`,
);
