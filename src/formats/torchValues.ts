// What PyTorch's checkpoints are pickled from: storages by persistent id, and tensors as views of them.

import type { ElementType } from "./elements.ts";
import { type Callable, type Callables, type Fail, Named, Opaque } from "./pickle.ts";

/** Elements in one row, which several tensors may show. `root` and `from` are of the legacy form's views. */
export interface TorchStorage {
  readonly kind: "storage";
  readonly key: string;
  readonly type: ElementType;
  /** Elements, as the pickle claims. */
  readonly count: number;
  /** Elements before it in the storage called `key`. */
  readonly from: number;
}

/** A tensor as it is pickled: element (i, j, ...) lies at offset + i * strides[0] + j * strides[1] + ... */
export interface TorchTensor {
  readonly kind: "tensor";
  readonly storage: TorchStorage;
  readonly type: ElementType;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

const storageTypes: ReadonlyMap<string, ElementType> = new Map([
  ["HalfStorage", "f16"],
  ["BFloat16Storage", "bf16"],
  ["FloatStorage", "f32"],
  ["DoubleStorage", "f64"],
  ["BoolStorage", "bool"],
  ["ByteStorage", "u8"],
  ["CharStorage", "i8"],
  ["ShortStorage", "i16"],
  ["IntStorage", "i32"],
  ["LongStorage", "i64"],
  ["UntypedStorage", "u8"],
]);

const dtypes: ReadonlyMap<string, ElementType> = new Map([
  ["float16", "f16"],
  ["bfloat16", "bf16"],
  ["float32", "f32"],
  ["float64", "f64"],
  ["bool", "bool"],
  ["uint8", "u8"],
  ["int8", "i8"],
  ["int16", "i16"],
  ["int32", "i32"],
  ["int64", "i64"],
  ["uint16", "u16"],
  ["uint32", "u32"],
]);

/** Stands for nothing that is read. */
const opaque: Callable = () => new Opaque();
const first: Callable = ([value]) => value;
const onlyNamed: Callable = (_, fail) => fail("arguments, though it is a type");

/** All that the pickle of a checkpoint may name. */
export const torchCallables: Callables = new Map<string, Callable>([
  ["collections OrderedDict", ([pairs], fail) => dictionary(pairs, fail)],
  ["torch._utils _rebuild_tensor", tensor],
  ["torch._utils _rebuild_tensor_v2", tensor],
  ["torch._utils _rebuild_tensor_v3", tensor],
  ["torch._utils _rebuild_parameter", first],
  ["torch._utils _rebuild_parameter_with_state", first],
  ["torch Size", first],
  ["torch device", opaque],
  ["torch.serialization _get_layout", opaque],
  ...["builtins", "__builtin__"].flatMap((module): [string, Callable][] => [
    [`${module} set`, ([values], fail) => (Array.isArray(values) ? new Set(values) : fail("no list"))],
    [`${module} frozenset`, ([values], fail) => (Array.isArray(values) ? new Set(values) : fail("no list"))],
  ]),
  ["_codecs encode", opaque],
  ...["numpy.core.multiarray", "numpy._core.multiarray"].flatMap((module): [string, Callable][] => [
    [`${module} scalar`, opaque],
    [`${module} _reconstruct`, opaque],
  ]),
  ["numpy dtype", opaque],
  ["numpy ndarray", onlyNamed],
  ...[...storageTypes.keys()].flatMap((name): [string, Callable][] => [
    [`torch ${name}`, onlyNamed],
    [`torch.cuda ${name}`, onlyNamed],
    [`torch.storage ${name}`, onlyNamed],
  ]),
  ...[...dtypes.keys()].map((name): [string, Callable] => [`torch ${name}`, onlyNamed]),
]);

/** The storage that a persistent id names: ("storage", its type, its key, its device, its elements[, a view of it]). */
export function storageOf(id: unknown, fail: Fail): TorchStorage {
  const [tag, typed, key, , count, view] = Array.isArray(id) ? id : [];
  if (tag !== "storage") return fail('has a persistent id that does not begin with "storage"');
  const name = typed instanceof Named ? (typed.name.split(".").at(-1) ?? "") : "";
  const type = storageTypes.get(name);
  if (type === undefined)
    return fail(`has a storage without a type, expected one of ${[...storageTypes.keys()].join(", ")}`);
  if (typeof key !== "string") return fail("has a storage whose key is no text");
  if (!isCount(count)) return fail("has a storage whose number of elements is none");
  if (!Array.isArray(view)) return { kind: "storage", key, type, count, from: 0 };
  const [, from, length] = view;
  if (!isCount(from) || !isCount(length)) return fail("has a view of a storage without offset and size");
  return { kind: "storage", key, type, count: length, from };
}

function tensor(args: readonly unknown[], fail: Fail): TorchTensor {
  const [storage, offset, shape, strides] = args;
  const named = args[6];
  if (!isStorage(storage)) return fail("something that is no storage");
  if (!isCount(offset)) return fail("an offset that is no whole number of 0 or more");
  if (!isCounts(shape) || !isCounts(strides) || shape.length !== strides.length)
    return fail("a size and strides that are not as many whole numbers of 0 or more");
  const type = named instanceof Named ? dtypes.get(named.name.replace(/^torch\./, "")) : undefined;
  return { kind: "tensor", storage, type: type ?? storage.type, offset, shape, strides };
}

export function isTensor(value: unknown): value is TorchTensor {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "tensor";
}

function isStorage(value: unknown): value is TorchStorage {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "storage";
}

function dictionary(pairs: unknown, fail: Fail): Map<unknown, unknown> {
  const made = new Map<unknown, unknown>();
  if (pairs === undefined) return made;
  if (!Array.isArray(pairs)) return fail("something that is no list of pairs");
  for (const pair of pairs) {
    if (!Array.isArray(pair)) return fail("something that is no list of pairs");
    made.set(pair[0], pair[1]);
  }
  return made;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount);
}
