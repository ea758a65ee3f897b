import { FormatError, UnsupportedOp } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { quote } from "../ir/quote.ts";
import { size, type TensorData } from "../ir/type.ts";
import type { OnnxNode } from "./schema.ts";
import { type External, tensorData } from "./tensors.ts";

/** What a name stands for while a model is built: numbers known by now, or a value of the graph. */
export type Operand = TensorData | Value;

export function isConstant(operand: Operand): operand is TensorData {
  return "data" in operand;
}

/** One node under conversion: its operands and attributes, and errors that name it. */
export class Call {
  readonly node: OnnxNode;
  readonly opset: number;
  readonly #operands: readonly (Operand | undefined)[];
  readonly #file: string;
  readonly #external: External;
  readonly #constant: (data: TensorData) => Value;

  constructor(
    node: OnnxNode,
    operands: readonly (Operand | undefined)[],
    context: {
      readonly opset: number;
      readonly file: string;
      readonly external: External;
      constant(data: TensorData): Value;
    },
  ) {
    this.node = node;
    this.opset = context.opset;
    this.#operands = operands;
    this.#file = context.file;
    this.#external = context.external;
    this.#constant = (data) => context.constant(data);
  }

  get op(): string {
    return this.node.opType ?? "";
  }

  get operands(): readonly Operand[] {
    return this.#operands.filter((operand) => operand !== undefined);
  }

  has(index: number): boolean {
    return this.#operands[index] !== undefined;
  }

  operand(index: number): Operand {
    return this.#operands[index] ?? this.broken(`lacks its operand ${index}`);
  }

  /** An operand as a value of the graph. */
  value(index: number): Value {
    return this.asValue(this.operand(index));
  }

  asValue(operand: Operand): Value {
    return isConstant(operand) ? this.#constant(operand) : operand;
  }

  /** An operand's numbers, which must not depend on the pictures. */
  numbers(index: number): readonly number[] {
    const operand = this.operand(index);
    if (!isConstant(operand)) return this.refuse(`its operand ${index} is computed from the input`);
    return Array.from(operand.data);
  }

  integer(name: string, otherwise: number): number {
    return this.#find(name)?.i ?? otherwise;
  }

  float(name: string, otherwise: number): number {
    return this.#find(name)?.f ?? otherwise;
  }

  integers(name: string): readonly number[] | undefined {
    return this.#find(name)?.ints;
  }

  floats(name: string): readonly number[] | undefined {
    return this.#find(name)?.floats;
  }

  text(name: string, otherwise: string): string {
    const bytes = this.#find(name)?.s;
    return bytes === undefined ? otherwise : new TextDecoder().decode(bytes);
  }

  tensor(name: string): TensorData | undefined {
    const tensor = this.#find(name)?.t;
    return tensor && tensorData(tensor, this.#external, this.#file);
  }

  /** The list that newer opsets have as an operand and older ones as an attribute. */
  list(index: number, attribute: string): readonly number[] | undefined {
    return this.has(index) ? this.numbers(index) : this.integers(attribute);
  }

  /** An axis counted from the front. */
  axis(axis: number, rank: number): number {
    const counted = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(counted) || counted < 0 || counted >= rank)
      return this.broken(`has the axis ${axis} among ${rank}`);
    return counted;
  }

  /** The node is no ONNX. */
  broken(problem: string): never {
    throw new FormatError(`${this.#file}: ${this.#where()} ${problem}`);
  }

  /** The node is fine, but beyond what this library does. */
  refuse(reason: string): never {
    throw new UnsupportedOp(this.op, `${reason} (${this.#where()}, opset ${this.opset})`);
  }

  #where(): string {
    return `node ${quote(this.node.name || (this.node.output[0] ?? ""))} (${this.op})`;
  }

  #find(name: string) {
    return this.node.attribute.find((attribute) => attribute.name === name);
  }
}

export function shapeOf(operand: Operand): readonly number[] {
  return isConstant(operand) ? operand.shape : operand.type.shape;
}

/** The one number that an operand is, if it is a constant of one element. */
export function scalarOf(operand: Operand): number | undefined {
  return isConstant(operand) && size(operand.shape) === 1 ? operand.data[0] : undefined;
}
