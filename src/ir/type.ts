/** Element types of the IR. `u8` carries images, `i32` labels and counters, `f32` everything else. */
export type DType = "f32" | "u8" | "i32";

/** Extents, outermost first. Images are `[n, c, h, w]`; a scalar is `[]`. */
export type Shape = readonly number[];

/** The static type of a value, printed as `f32[32,64,56,56]`. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

export type TypedArray = Float32Array | Uint8Array | Int32Array;

/** A tensor with its elements, in row-major order. */
export interface TensorData {
  readonly shape: Shape;
  readonly data: TypedArray;
}

export const bytesPerElement: Readonly<Record<DType, number>> = { f32: 4, u8: 1, i32: 4 };

/** The number of elements of `shape`. */
export function size(shape: Shape): number {
  let product = 1;
  for (const extent of shape) product *= extent;
  return product;
}

export function f32(...shape: readonly number[]): TensorType {
  return { dtype: "f32", shape };
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

export function sameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

export function formatType({ dtype, shape }: TensorType): string {
  return `${dtype}[${shape.join(",")}]`;
}

/** The elements' type, read off a typed array. */
export function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float32Array) return "f32";
  return data instanceof Uint8Array ? "u8" : "i32";
}

/** A zeroed array that holds a tensor of `type`. */
export function allocate({ dtype, shape }: TensorType): TypedArray {
  const length = size(shape);
  if (dtype === "f32") return new Float32Array(length);
  return dtype === "u8" ? new Uint8Array(length) : new Int32Array(length);
}

/** The four extents of an image batch. Only for shapes a type rule has already accepted. */
export function nchw(shape: Shape): [n: number, c: number, h: number, w: number] {
  const [n = 1, c = 1, h = 1, w = 1] = shape;
  return [n, c, h, w];
}
