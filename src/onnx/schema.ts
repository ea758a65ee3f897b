// The messages of ONNX that a network of convolutions takes, by the field numbers of its public definition
// (onnx.proto3 of https://github.com/onnx/onnx). Subgraphs of control flow are not among them, so nothing here nests
// without end.

/** How a field's value is written. */
export type Scalar = "string" | "int64" | "float" | "double" | "bytes";

export interface Field {
  readonly no: number;
  readonly type: Scalar | Message;
  readonly repeated: boolean;
}

export interface Message {
  readonly [name: string]: Field;
}

export interface OnnxText {
  readonly key: string | undefined;
  readonly value: string | undefined;
}

export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly dataType: number | undefined;
  readonly floatData: readonly number[];
  readonly int32Data: readonly number[];
  readonly int64Data: readonly number[];
  readonly name: string | undefined;
  readonly rawData: Uint8Array | undefined;
  readonly doubleData: readonly number[];
  readonly externalData: readonly OnnxText[];
  readonly dataLocation: number | undefined;
}

export interface OnnxAttribute {
  readonly name: string | undefined;
  readonly f: number | undefined;
  readonly i: number | undefined;
  readonly s: Uint8Array | undefined;
  readonly t: OnnxTensor | undefined;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly type: number | undefined;
}

export interface OnnxNode {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string | undefined;
  readonly opType: string | undefined;
  readonly attribute: readonly OnnxAttribute[];
  readonly domain: string | undefined;
}

export interface OnnxDimension {
  readonly value: number | undefined;
  readonly param: string | undefined;
}

export interface OnnxValueInfo {
  readonly name: string | undefined;
  readonly type:
    | {
        readonly tensorType:
          | {
              readonly elemType: number | undefined;
              readonly shape: { readonly dim: readonly OnnxDimension[] } | undefined;
            }
          | undefined;
      }
    | undefined;
}

export interface OnnxModel {
  readonly irVersion: number | undefined;
  readonly producerName: string | undefined;
  readonly producerVersion: string | undefined;
  readonly graph:
    | {
        readonly node: readonly OnnxNode[];
        readonly name: string | undefined;
        readonly initializer: readonly OnnxTensor[];
        readonly input: readonly OnnxValueInfo[];
        readonly output: readonly OnnxValueInfo[];
      }
    | undefined;
  readonly opsetImport: readonly {
    readonly domain: string | undefined;
    readonly version: number | undefined;
  }[];
  readonly metadataProps: readonly OnnxText[];
}

/** What it takes to write a message: absent fields are left out. */
export type Written<T> = T extends readonly (infer E)[]
  ? readonly Written<E>[]
  : T extends Uint8Array
    ? T
    : T extends object
      ? { readonly [K in keyof T]?: Written<T[K]> }
      : T;

function one(no: number, type: Field["type"]): Field {
  return { no, type, repeated: false };
}

function many(no: number, type: Field["type"]): Field {
  return { no, type, repeated: true };
}

const text: Message = { key: one(1, "string"), value: one(2, "string") };

const tensor: Message = {
  dims: many(1, "int64"),
  dataType: one(2, "int64"),
  floatData: many(4, "float"),
  int32Data: many(5, "int64"),
  int64Data: many(7, "int64"),
  name: one(8, "string"),
  rawData: one(9, "bytes"),
  doubleData: many(10, "double"),
  externalData: many(13, text),
  dataLocation: one(14, "int64"),
};

const attribute: Message = {
  name: one(1, "string"),
  f: one(2, "float"),
  i: one(3, "int64"),
  s: one(4, "bytes"),
  t: one(5, tensor),
  floats: many(7, "float"),
  ints: many(8, "int64"),
  type: one(20, "int64"),
};

const node: Message = {
  input: many(1, "string"),
  output: many(2, "string"),
  name: one(3, "string"),
  opType: one(4, "string"),
  attribute: many(5, attribute),
  domain: one(7, "string"),
};

const dimension: Message = { value: one(1, "int64"), param: one(2, "string") };
const shape: Message = { dim: many(1, dimension) };
const tensorType: Message = { elemType: one(1, "int64"), shape: one(2, shape) };
const type: Message = { tensorType: one(1, tensorType) };
const valueInfo: Message = { name: one(1, "string"), type: one(2, type) };

const graph: Message = {
  node: many(1, node),
  name: one(2, "string"),
  initializer: many(5, tensor),
  input: many(11, valueInfo),
  output: many(12, valueInfo),
};

const opset: Message = { domain: one(1, "string"), version: one(2, "int64") };

const model: Message = {
  irVersion: one(1, "int64"),
  producerName: one(2, "string"),
  producerVersion: one(3, "string"),
  graph: one(7, graph),
  opsetImport: many(8, opset),
  metadataProps: many(14, text),
};

/** The two messages that a file may hold: a model, or a tensor alone as ONNX's tests have them. */
export interface Messages {
  readonly model: OnnxModel;
  readonly tensor: OnnxTensor;
}

export const messages: { readonly [K in keyof Messages]: Message } = { model, tensor };

/** Element types by their numbers in the format. */
export const elementType = {
  float: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  double: 11,
  bfloat16: 16,
} as const;
