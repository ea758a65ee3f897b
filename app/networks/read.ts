import {
  type Classifier,
  createModel,
  describeMap,
  evaluationWeights,
  fittingModels,
  matchWeights,
  namedTensors,
  nearestModel,
  parseSafetensors,
  serializeSafetensors,
  type TensorData,
  UsageError,
  WeightError,
  type WeightFile,
  withoutParallelPrefix,
} from "convnets";
import { formatOf } from "convnets/formats";
import { classesFor, rangeFor, readsDigits } from "./guess.ts";
import { type Noted, notedIn } from "./metadata.ts";
import { type Network, type NetworkForm, newId } from "./network.ts";

/** What a file may be, as the reader sees it before it is kept. */
export interface Draft extends Pick<Network, "name" | "classes" | "normalization" | "digits"> {
  /** `lenet5: 28 × 28, 1 channel, 10 classes`. */
  readonly title: string;
  /** What was done with the file's weights for them to fit, where that was something. */
  readonly note?: string;
  /** How it did on digits, where it was tried. */
  readonly tried?: string;
  readonly channels: number;
}

/** A draft, and the network that it becomes. */
export interface Candidate {
  readonly draft: Draft;
  network(): Network;
}

/**
 * What a file of weights or an ONNX model may be: one candidate or several. `bytes` are not the caller's any more. Throws
 * `ConvnetsError`: for a broken file, for what an ONNX model may not contain, and for weights of no network of the zoo.
 */
export async function candidatesOf(
  bytes: Uint8Array<ArrayBuffer>,
  file: string,
): Promise<readonly Candidate[]> {
  if (/\.onnx$/i.test(file)) return [await fromOnnx(bytes, file)];
  const format = formatOf(bytes, file);
  const safetensors = format.name === "safetensors" ? parseSafetensors(bytes, file) : undefined;
  const { tensors } = safetensors ?? format.parse(bytes, file, { reuse: true });
  const weights = {
    tensors: withoutParallelPrefix(evaluationWeights(tensors)),
    torch: format.name === "PyTorch",
  };
  const noted = notedIn(safetensors?.metadata ?? {});
  const own = noted.form && fromNotes(noted.form, noted, weights, file);
  return own ? [own] : fromWeights(noted, weights, file);
}

async function fromOnnx(bytes: Uint8Array<ArrayBuffer>, file: string): Promise<Candidate> {
  const { classesOf, importOnnx } = await import("convnets/onnx");
  const model = importOnnx(bytes, { file, logits: true });
  const classes = classesOf(model.metadata);
  const noted = { ...(model.metadata.model && { name: model.metadata.model }), ...(classes && { classes }) };
  return candidate({ model, noted, file, title: "ONNX", form: { kind: "onnx", bytes } });
}

/** The network that this page noted in the file; undefined where the weights are not its own. */
function fromNotes(
  form: NetworkForm,
  noted: Noted,
  { tensors }: WeightFile,
  file: string,
): Candidate | undefined {
  if (form.kind !== "zoo") return undefined;
  try {
    const model = createModel(form.model, form.options);
    const weights = matchWeights(model, tensors, file);
    return candidate({ model, noted, file, title: form.model, form, weights });
  } catch (error) {
    if (error instanceof WeightError || error instanceof UsageError) return undefined;
    throw error;
  }
}

function fromWeights(noted: Noted, weights: WeightFile, file: string): readonly Candidate[] {
  const fits = fittingModels(weights);
  if (fits.length === 0) throw new WeightError(noneFits(weights, file));
  return fits.map(({ name, options, model, matched, map }) =>
    candidate({
      ...{ model, noted, file, title: name, weights: matched },
      form: { kind: "zoo", model: name, options },
      ...(map && { note: describeMap(map) }),
    }),
  );
}

function noneFits(weights: WeightFile, file: string): string {
  const nearest = nearestModel(weights, file);
  if (nearest !== undefined)
    return `${file}: these are the weights of no network of the zoo. The nearest is ${nearest.name}, but ${nearest.problem.replace(`${file}: `, "")}`;
  return `${file}: none of its ${weights.tensors.size} tensors is named as in a network of the zoo; expected a state_dict with the names of torchvision, timm or this page`;
}

interface Found {
  readonly model: Classifier;
  readonly noted: Noted;
  readonly file: string;
  readonly title: string;
  readonly note?: string;
  readonly form: NetworkForm;
  /** Those of a network of the zoo. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
}

function candidate({ model, noted, file, title, note, form, weights }: Found): Candidate {
  const [channels, height, width] = model.input;
  const named = noted.classes?.length === model.classes ? noted.classes : undefined;
  const draft: Draft = {
    title: `${title}: ${height} × ${width}, ${counted(channels, "channel")}, ${counted(model.classes, "class", "classes")}`,
    ...(note !== undefined && { note }),
    channels,
    name: noted.name ?? file.replace(/\.\w+$/, ""),
    classes: named ?? classesFor(model),
    normalization: noted.normalization ?? rangeFor(model),
    digits: noted.digits ?? readsDigits(model),
  };
  return {
    draft,
    network: () => ({
      id: newId(),
      ...{
        name: draft.name,
        classes: draft.classes,
        normalization: draft.normalization,
        digits: draft.digits,
      },
      form,
      weights: weights ? serializeSafetensors(shaped(model, weights)) : new Uint8Array(),
      origin: `file ${file}`,
    }),
  };
}

function shaped(
  model: Classifier,
  weights: ReadonlyMap<string, Float32Array>,
): ReadonlyMap<string, TensorData> {
  return new Map(
    [...namedTensors(model)].flatMap(([path, { shape }]) => {
      const data = weights.get(path);
      return data ? [[path, { shape, data }] as const] : [];
    }),
  );
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
