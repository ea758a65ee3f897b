// LeNet-1. LeCun, Boser, Denker, Henderson, Howard, Hubbard, Jackel, "Handwritten digit recognition with a
// back-propagation network", NIPS 1989. Deviation: each map of the second convolution reads all of the first.
import {
  avgPooling,
  type Classifier,
  Conv2d,
  flatten,
  Linear,
  type ModelEntry,
  type ModelOptions,
  Module,
  run,
  tanh,
  type Value,
} from "../src/index.ts";

class LeNet1 extends Module implements Classifier {
  readonly classes: number;
  readonly input = [1, 28, 28] as const;
  readonly output = "logits";
  readonly conv1 = new Conv2d(1, 4, { kernel: 5 });
  readonly conv2 = new Conv2d(4, 12, { kernel: 5 });
  readonly fc: Linear;

  constructor({ classes = 10 }: ModelOptions = {}) {
    super();
    this.classes = classes;
    this.fc = new Linear(12 * 4 * 4, classes);
  }

  override forward(x: Value): Value {
    const { conv1, conv2, fc } = this;
    return run(x, conv1, tanh, avgPooling(2), conv2, tanh, avgPooling(2), flatten, fc);
  }
}

export const lenet1: ModelEntry = {
  name: "lenet1",
  form: "modern",
  about: "LeNet-1: two convolutions, two poolings by means, one full connection",
  year: 1989,
  paper: {
    title: "Handwritten digit recognition with a back-propagation network",
    url: "https://papers.nips.cc/paper/1989/hash/53c3bce66e43be4f209556518c2fcb54-Abstract.html",
  },
  input: [1, 28, 28],
  create: (options) => new LeNet1(options),
};
