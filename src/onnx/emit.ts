import { present } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { size, type TensorData } from "../ir/type.ts";
import type { OnnxAttribute, OnnxNode, OnnxTensor, Written } from "./schema.ts";
import { tensorOf } from "./tensors.ts";

export interface Emitted {
  readonly nodes: readonly Written<OnnxNode>[];
  readonly tensors: readonly Written<OnnxTensor>[];
}

/** An attribute: a whole number, several, a number with a fraction in `{ float }`, or text. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** A model under construction: names of values, nodes and tensors. */
export class Emitter {
  /** The batch a graph of any batch was traced with; undefined for a fixed one. */
  readonly batch: number | undefined;
  readonly #names = new Map<Value, string>();
  readonly #numbers = new Map<Value, { readonly label: string; readonly data: TensorData }>();
  readonly #nodes: Written<OnnxNode>[] = [];
  readonly #tensors: Written<OnnxTensor>[] = [];
  readonly #taken = new Set<string>(["x", "y"]);

  constructor(batch: number | undefined) {
    this.batch = batch;
  }

  name(value: Value, name: string): void {
    this.#names.set(value, name);
  }

  /** Says what a value's numbers are; they are written when something reads them. */
  constant(value: Value, label: string, data: TensorData): void {
    this.#numbers.set(value, { label, data });
  }

  isConstant(value: Value): boolean {
    return this.#numbers.has(value);
  }

  /** The name of a value. */
  of(value: Value): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const { label, data } = present(this.#numbers.get(value), "a value without a name");
    const name = this.tensor(label, data);
    this.#names.set(value, name);
    return name;
  }

  /** Writes numbers under a name of their own. Whole ones are 64 bits wide, as shapes and axes are. */
  tensor(label: string, data: TensorData): string {
    const name = this.#fresh(label);
    this.#tensors.push(tensorOf(name, data, data.data instanceof Int32Array));
    return name;
  }

  /** Writes a constant under another shape. */
  reshaped(value: Value, shape: readonly number[]): string {
    const { label, data } = present(this.#numbers.get(value), "a constant has numbers");
    return this.tensor(label, { ...data, shape });
  }

  floats(label: string, shape: readonly number[], numbers: ArrayLike<number>): string {
    return this.tensor(label, { shape, data: Float32Array.from(numbers) });
  }

  integers(label: string, numbers: readonly number[]): string {
    return this.tensor(label, { shape: [numbers.length], data: Int32Array.from(numbers) });
  }

  /** Adds a node and gives the name of its result. */
  node(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const output = this.#fresh(`${opType.toLowerCase()}${this.#nodes.length}`);
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
    this.#nodes.push({ opType, name: output, input, output: [output], attribute });
    return output;
  }

  /** The shape of a reshape: whatever batch comes in. */
  shape(shape: readonly number[]): readonly number[] {
    return this.batch !== undefined && shape[0] === this.batch && size(shape) > 0 ? shape.with(0, -1) : shape;
  }

  /** The model: what `y` depends on, and nothing else. */
  finish(y: Value, output: string): Emitted {
    const last = this.of(y);
    if (!this.#nodes.some((node) => node.output?.[0] === last))
      return this.finish(this.#named(y, last), output);
    const renamed = (names: readonly string[] = []) => names.map((name) => (name === last ? output : name));
    const all = this.#nodes.map((node) => ({
      ...node,
      input: renamed(node.input),
      output: renamed(node.output),
    }));
    const read = new Set([output]);
    const nodes = all.toReversed().filter((node) => {
      const live = node.output?.some((name) => read.has(name)) ?? false;
      if (live) for (const name of node.input ?? []) read.add(name);
      return live;
    });
    const tensors = this.#tensors.filter(({ name = "" }) => read.has(name));
    return { nodes: nodes.toReversed(), tensors };
  }

  /** An input or a constant that is put out as it is. */
  #named(value: Value, name: string): Value {
    this.name(value, this.node("Identity", [name]));
    return value;
  }

  #fresh(label: string): string {
    let name = label;
    for (let i = 1; this.#taken.has(name); i++) name = `${label}_${i}`;
    this.#taken.add(name);
    return name;
  }
}

function attributeOf(name: string, value: Attribute): Written<OnnxAttribute> {
  if (typeof value === "number") return { name, i: value, type: attributeType.int };
  if (typeof value === "string")
    return { name, s: new TextEncoder().encode(value), type: attributeType.string };
  if ("float" in value) return { name, f: value.float, type: attributeType.float };
  return { name, ints: value, type: attributeType.ints };
}
