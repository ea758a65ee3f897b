import { UsageError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { formatType, size, type TensorType } from "../ir/type.ts";
import type { Arrays } from "./engine.ts";

/** Values that a program's user names: its inputs or its states. */
export type Named = ReadonlyMap<string, Value>;

export function byName(values: readonly Value[]): Named {
  return new Map(
    values.flatMap((value) => (value.source.kind === "node" ? [] : [[value.source.name, value] as const])),
  );
}

/** Refuses a set of arrays that is not one for each of `inputs`, with the elements each wants. */
export function expectInputs(inputs: Named, given: Arrays): void {
  const missing = [...inputs.keys()].filter((name) => !Object.hasOwn(given, name));
  const unknown = Object.keys(given).filter((name) => !inputs.has(name));
  if (missing.length + unknown.length > 0) {
    const lines = [`run: the inputs must be ${list([...inputs.keys()])}`];
    if (missing.length > 0) lines.push(`  missing  ${list(missing)}`);
    if (unknown.length > 0) lines.push(`  unknown  ${list(unknown)}`);
    throw new UsageError(lines.join("\n"));
  }
  for (const [name, { type }] of inputs) expectElements(`run: input \`${name}\``, type, given[name]);
}

/** Refuses an array that can't hold the elements of `type`. `given` may be anything: callers need not use TypeScript. */
export function expectElements(what: string, type: TensorType, given: unknown): void {
  const right = given instanceof arrayTypes[type.dtype] && given.length === size(type.shape);
  if (right) return;
  const wanted = `${formatType(type)}, a ${arrayTypes[type.dtype].name} of ${size(type.shape)} elements`;
  throw new UsageError(`${what} must be ${wanted}\n  given  ${describe(given)}`);
}

export function namedState(call: string, states: Named, name: string): Value {
  const state = states.get(name);
  if (state === undefined)
    throw new UsageError(
      `${call}: there is no state \`${name}\`; the states are ${list([...states.keys()])}`,
    );
  return state;
}

const arrayTypes = { f32: Float32Array, u8: Uint8Array, i32: Int32Array };

function describe(given: unknown): string {
  if (ArrayBuffer.isView(given) && "length" in given)
    return `a ${given.constructor.name} of ${given.length} elements`;
  if (Array.isArray(given)) return `an Array of ${given.length} elements`;
  return given === null ? "null" : typeof given;
}

function list(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const shown = names.slice(0, 10).map((name) => `\`${name}\``);
  if (names.length > 10) shown.push(`${names.length - 10} more`);
  return shown.join(", ");
}
