import { sameShape, type TensorData } from "../ir/type.ts";
import type { Classifier } from "../nn/classifier.ts";
import { initialize } from "../nn/init.ts";
import { namedTensors } from "../nn/module.ts";

/**
 * Start values, from `seed`, for those of `tensors` that belong to another number of classes: only their first axis does
 * not fit `model`. With them, weights that were trained on other classes are something to start from.
 */
export function newHead(
  model: Classifier,
  tensors: ReadonlyMap<string, TensorData>,
  seed: number,
): ReadonlyMap<string, TensorData> {
  const head = new Map<string, TensorData>();
  for (const [path, { shape, init }] of namedTensors(model)) {
    const found = tensors.get(path);
    if (found === undefined || shape[0] !== model.classes || found.shape[0] === model.classes) continue;
    if (sameShape(found.shape.slice(1), shape.slice(1)))
      head.set(path, { shape, data: initialize(init, shape, path, seed) });
  }
  return head;
}
