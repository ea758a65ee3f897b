import type { Value } from "../ir/graph.ts";
import type { Shape } from "../ir/type.ts";
import type { Initializer } from "./init.ts";

/** A trained tensor: its shape and how it starts. It holds no numbers; those live in a program. */
export class Parameter {
  readonly shape: Shape;
  readonly init: Initializer;

  constructor(shape: Shape, init: Initializer) {
    this.shape = shape;
    this.init = init;
  }
}

/** A tensor that belongs to a model but is not trained, such as fixed bitmaps or running statistics. */
export class Buffer {
  readonly shape: Shape;
  readonly init: Initializer;

  constructor(shape: Shape, init: Initializer) {
    this.shape = shape;
    this.init = init;
  }
}

/** What a module can hold under a name. */
export type Member = Module | Parameter | Buffer;

/** A module, or a function without weights such as `relu`. */
export type Layer = Module | ((x: Value) => Value);

/**
 * Part of a network: fields that are parameters, buffers or modules, and `forward`. Fields are named as the
 * published checkpoints name them, so that the path of a parameter is its state_dict key. Immutable once built.
 */
export abstract class Module {
  abstract forward(x: Value): Value;

  /** The members by name, in the order of the fields; an array contributes its elements by index. */
  *members(): Iterable<readonly [name: string, member: Member]> {
    for (const [name, field] of Object.entries(this)) {
      const fields: readonly (readonly [string, unknown])[] = Array.isArray(field)
        ? field.map((element, index) => [`${name}.${index}`, element])
        : [[name, field]];
      for (const [path, member] of fields) if (isMember(member)) yield [path, member];
    }
  }
}

/** Every parameter and buffer below `module` by its path, in the order of the fields. */
export function* namedTensors(
  module: Module,
  path = "",
): Iterable<readonly [path: string, Parameter | Buffer]> {
  for (const [name, member] of module.members()) {
    const at = path === "" ? name : `${path}.${name}`;
    if (member instanceof Module) yield* namedTensors(member, at);
    else yield [at, member];
  }
}

/** Every module below and including `module` by its path; the root's path is empty. */
export function* namedModules(module: Module, path = ""): Iterable<readonly [path: string, Module]> {
  yield [path, module];
  for (const [name, member] of module.members())
    if (member instanceof Module) yield* namedModules(member, path === "" ? name : `${path}.${name}`);
}

function isMember(field: unknown): field is Member {
  return field instanceof Module || field instanceof Parameter || field instanceof Buffer;
}
