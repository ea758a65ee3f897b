import { WeightError } from "../ir/errors.ts";
import { nearest } from "../ir/nearest.ts";
import { quote } from "../ir/quote.ts";
import { dtypeOf, formatType, sameShape, type TensorData } from "../ir/type.ts";
import { type Classifier, isTrainingOnly } from "./classifier.ts";
import { type Module, namedTensors } from "./module.ts";

/** How many names of a group a message lists. */
const listed = 10;

/** What PyTorch's DataParallel and DistributedDataParallel, and `torch.compile`, put in front of every name. */
const wrapperPrefixes = ["module.", "_orig_mod."];

/** What all names begin with that comes from a wrapper around the network; "" where there is none. */
export function wrapperPrefix(names: readonly string[]): string {
  const prefix = wrapperPrefixes.find(
    (start) => names.length > 0 && names.every((name) => name.startsWith(start)),
  );
  if (prefix === undefined) return "";
  return prefix + wrapperPrefix(names.map((name) => name.slice(prefix.length)));
}

/** The tensors by their names in the network itself: without the `wrapperPrefix` of their names. */
export function withoutParallelPrefix<T>(tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const { length } = wrapperPrefix([...tensors.keys()]);
  if (length === 0) return tensors;
  return new Map([...tensors].map(([name, tensor]) => [name.slice(length), tensor]));
}

/**
 * The tensors that `model` asks for in evaluation, by path, out of those of `file`. Heads that take part in training
 * only may be missing, and may be there though the model is built without them. A batch norm's `num_batches_tracked`,
 * which PyTorch counts and nothing here reads, may be there too. Throws one `WeightError` that names all that are
 * missing, unexpected or misshapen.
 */
export function matchWeights(
  model: Module & Pick<Classifier, "trainingOnly">,
  tensors: ReadonlyMap<string, TensorData>,
  file: string,
): ReadonlyMap<string, Float32Array> {
  const wanted = new Map(namedTensors(model));
  const matched = new Map<string, Float32Array>();
  const missing: string[] = [];
  const misshapen: string[] = [];
  for (const [path, { shape }] of wanted) {
    const found = tensors.get(path);
    if (found === undefined) {
      if (!isTrainingOnly(model, path)) missing.push(path);
    } else if (found.data instanceof Float32Array && sameShape(found.shape, shape))
      matched.set(path, found.data);
    else misshapen.push(`${path}: ${typeOf(found)}, expected ${formatType({ dtype: "f32", shape })}`);
  }
  const isKnown = (name: string) => wanted.has(name.replace(/\.num_batches_tracked$/, ".running_mean"));
  const unexpected = [...tensors.keys()].filter((name) => !isKnown(name) && !isTrainingOnly(model, name));
  if (missing.length + misshapen.length + unexpected.length === 0) return matched;

  const near = (name: string, candidates: readonly string[]) => {
    const meant = nearest(name, candidates);
    return meant === undefined ? "" : ` (the file has ${plain(meant)})`;
  };
  const lines = [
    ...group("missing", missing, (path) => `${path}${near(path, unexpected)}`),
    ...group("unexpected", unexpected, plain),
    ...group("misshapen", misshapen, (line) => line),
  ];
  throw new WeightError([`${file}: these weights are not this model's`, ...lines].join("\n"));
}

/** A name from the file: in quotes only where it is no usual one. */
function plain(name: string): string {
  return /^[\w./-]{1,80}$/.test(name) ? name : quote(name);
}

function typeOf({ shape, data }: TensorData): string {
  return formatType({ dtype: dtypeOf(data), shape });
}

function group(title: string, names: readonly string[], line: (name: string) => string): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, listed).map((name) => `    ${line(name)}`);
  const rest = names.length - shown.length;
  return [`  ${title} (${names.length})`, ...shown, ...(rest > 0 ? [`    and ${rest} more`] : [])];
}
