import {
  adam,
  type Classifier,
  Conv2d,
  flatten,
  Linear,
  lenet5,
  Module,
  maxPooling,
  mlp,
  type Optimizer,
  type OutputKind,
  relu,
  run,
  sgd,
  type Value,
} from "convnets";

export type NetName = "mlp" | "lenet5" | "pooled";

/** A network that learns digits while the reader waits. */
export interface Net {
  readonly name: NetName;
  readonly title: string;
  readonly about: string;
  create(): Classifier;
  /** What trains it well in so little time. */
  readonly epochs: number;
  readonly rate: number;
  optimizer(): Optimizer;
}

const momentum = () => sgd({ momentum: 0.9 });

export const nets: readonly Net[] = [
  {
    name: "mlp",
    title: "Fully connected",
    about: "mlp: every unit reads every pixel",
    create: () => mlp(),
    epochs: 2,
    rate: 0.05,
    optimizer: momentum,
  },
  {
    name: "lenet5",
    title: "LeNet-5",
    about: "convolutions, then full connections",
    create: () => lenet5(),
    epochs: 2,
    rate: 0.05,
    optimizer: momentum,
  },
  {
    name: "pooled",
    title: "Pooled all over",
    about: "convolutions, then the largest of each map",
    create: () => new PooledNet(),
    epochs: 2,
    rate: 0.004,
    optimizer: adam,
  },
];

/** The value behind the first layer and its ReLU, by the name that it has in each of the networks. */
export const firstActivation = "relu";

/** Three convolutions of which the last layer gets the largest value of each map, wherever it is. */
export class PooledNet extends Module implements Classifier {
  readonly classes: number = 10;
  readonly input: Classifier["input"] = [1, 28, 28];
  readonly output: OutputKind = "logits";
  readonly conv1: Conv2d = new Conv2d(1, 8, { kernel: 5, padding: 2 });
  readonly conv2: Conv2d = new Conv2d(8, 16, { kernel: 5, padding: 2 });
  readonly conv3: Conv2d = new Conv2d(16, 32, { kernel: 5, padding: 2 });
  readonly fc: Linear = new Linear(32, 10);

  override forward(x: Value): Value {
    const { conv1, conv2, conv3, fc } = this;
    const halving = maxPooling(2);
    const maps = run(x, conv1, relu, halving, conv2, relu, halving, conv3, relu);
    return run(maps, maxPooling(7), flatten, fc);
  }
}
