// Weights as others publish them, where their names, their classes or their input are not those of the model here.
// Sources: timm's `inception_v4.py` and `inception_resnet_v2.py`, Cadene's pretrained-models.pytorch.
//
// Nothing has to be done for the names of torchvision, and of akamaster's pytorch_resnet_cifar10: they are the models'.

import type { TensorData } from "../ir/type.ts";
import type { LeNet5Options } from "./lenet.ts";

/** One thing that is done to the tensors of a file. What it doesn't find it leaves alone. */
interface Step {
  /** What it did, for a note; none where that changes nothing. */
  readonly note?: string;
  apply<T extends TensorData>(tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T>;
}

/** What is known of a file before its tensors are looked at. */
export interface FileTraits {
  /** Whether `torch.save` wrote it. */
  readonly torch: boolean;
  readonly names: readonly string[];
}

/** A way of publishing a model's weights; one line in `keyMaps`. */
export interface KeyMap {
  /** The model's name in the registry. */
  readonly model: string;
  /** Whose weights these are. */
  readonly source: string;
  readonly steps: readonly Step[];
  /** What the model has to be built with. */
  readonly options?: LeNet5Options;
  /**
   * Whether a file is of this kind though the names fit as they are. Without it, the map is for files whose names and
   * shapes don't.
   */
  readonly when?: (file: FileTraits) => boolean;
}

const cadene = "Cadene's pretrained-models";
const timm = "timm's first weights";

export const keyMaps: readonly KeyMap[] = [
  { model: "inception_v4", source: `${cadene}, ${timm}`, steps: [withoutBackground("last_linear")] },
  { model: "inception_resnet_v2", source: cadene, steps: [renamed("last_linear", "classif")] },
  { model: "inception_resnet_v2", source: timm, steps: [withoutBackground("classif")] },
  {
    model: "inception_resnet_v2",
    source: cadene,
    steps: [renamed("last_linear", "classif"), withoutBackground("classif")],
  },
  {
    model: "inception_v2",
    source: cadene,
    steps: [flatNorms(), blueFirst("conv1_7x7_s2.weight")],
    // The port is older than the counters of batch norms, which PyTorch saves since 0.4.1, and `serializeTorch` too.
    when: ({ torch, names }) => torch && !names.some((name) => name.endsWith(".num_batches_tracked")),
  },
  { model: "lenet5", source: "PyTorch's tutorials", steps: [], options: { padding: 0 } },
];

/** The tensors as the map's model has them. */
export function applyMap<T extends TensorData>(
  { steps }: KeyMap,
  tensors: ReadonlyMap<string, T>,
): ReadonlyMap<string, T> {
  return steps.reduce((found, step) => step.apply(found), tensors);
}

/** What a map comes to, for a note. */
export function describeMap({ source, steps, options }: KeyMap): string {
  const done = steps.flatMap(({ note }) => note ?? []);
  const built = Object.entries(options ?? {}).map(([name, value]) => `built with ${name} ${value}`);
  return `as in ${source}: ${[...done, ...built].join(", ")}`;
}

function renamed(from: string, to: string): Step {
  return {
    note: `${from} is ${to} here`,
    apply: (tensors) =>
      new Map(
        [...tensors].map(([name, tensor]) => [
          name.startsWith(`${from}.`) ? `${to}${name.slice(from.length)}` : name,
          tensor,
        ]),
      ),
  };
}

/** TensorFlow's networks count the classes of ImageNet from 1: theirs of number 0 is for none of them. */
function withoutBackground(layer: string): Step {
  return {
    note: "the first class, background, is left out",
    apply: (tensors) =>
      new Map(
        [...tensors].map(([name, tensor]) => {
          const [rows = 0, ...rest] = tensor.shape;
          if (!name.startsWith(`${layer}.`) || rows < 2) return [name, tensor];
          const data = tensor.data.subarray(tensor.data.length / rows);
          return [name, { ...tensor, shape: [rows - 1, ...rest], data }];
        }),
      ),
  };
}

/** The first ports from Caffe have what belongs to a batch norm as `[1, channels]`. */
function flatNorms(): Step {
  return {
    apply: (tensors) =>
      new Map(
        [...tensors].map(([name, tensor]) => {
          const [rows, channels = 0, ...more] = tensor.shape;
          const isRow =
            /_bn\.\w+$/.test(name) && rows === 1 && more.length === 0 && tensor.shape.length === 2;
          return [name, isRow ? { ...tensor, shape: [channels] } : tensor];
        }),
      ),
  };
}

/** Caffe's pictures are blue, green, red: the input channels of `weight` `[to, 3, h, w]` are turned round. */
function blueFirst(weight: string): Step {
  return {
    note: `made for blue, green, red, the channels of ${weight} are turned round`,
    apply: (tensors) => {
      const tensor = tensors.get(weight);
      const [to = 0, channels, height = 0, width = 0] = tensor?.shape ?? [];
      if (tensor === undefined || channels !== 3) return tensors;
      const data = tensor.data.slice();
      const plane = height * width;
      for (let map = 0; map < to; map++)
        for (const [channel, from] of [
          [0, 2],
          [2, 0],
        ] as const)
          data.set(
            tensor.data.subarray((3 * map + from) * plane, (3 * map + from + 1) * plane),
            (3 * map + channel) * plane,
          );
      return new Map([...tensors, [weight, { ...tensor, data }]]);
    },
  };
}
