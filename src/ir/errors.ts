import { formatType, type TensorType } from "./type.ts";

/** Every error of this library that a user can cause. Its message is meant for that user. */
export class ConvnetsError extends Error {
  override readonly name: string = "ConvnetsError";
}

/** Operands that do not fit an op. `given` are the operands' types, `at` the path of the module that called it. */
export class ShapeError extends ConvnetsError {
  override readonly name = "ShapeError";
  readonly op: string;
  readonly problem: string;
  readonly given: readonly TensorType[];
  readonly at: string;

  constructor(op: string, problem: string, given: readonly TensorType[], at = "") {
    const lines = [`${op}: ${problem}`, `  given  ${given.map(formatType).join(", ")}`];
    if (at !== "") lines.push(`  at     ${at}`);
    super(lines.join("\n"));
    this.op = op;
    this.problem = problem;
    this.given = given;
    this.at = at;
  }
}

/** An engine that has no kernel for this form of an op, on purpose. */
export class UnsupportedOp extends ConvnetsError {
  override readonly name = "UnsupportedOp";
  readonly op: string;

  constructor(op: string, reason: string, at = "") {
    super(`${op}: ${reason}${at === "" ? "" : `\n  at     ${at}`}`);
    this.op = op;
  }
}

/** A file or a byte stream that is not what it should be. `file` names it where it has a name. */
export class FormatError extends ConvnetsError {
  override readonly name = "FormatError";
}

/** Weights that do not fit a model: all missing, unexpected and misshapen names at once. */
export class WeightError extends ConvnetsError {
  override readonly name = "WeightError";
}

/** A training whose loss is no finite number any more. */
export class DivergedError extends ConvnetsError {
  override readonly name = "DivergedError";
}

/** An engine or a device that cannot be had. */
export class DeviceError extends ConvnetsError {
  override readonly name = "DeviceError";
}

/** A wrong option, name or argument. */
export class UsageError extends ConvnetsError {
  override readonly name = "UsageError";
}

/** Stops on a state that only a mistake in this library can reach. */
export function invariant(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`bug in this library: ${what}`);
}

/** The value of a look-up that cannot fail. */
export function present<T>(value: T | undefined, what: string): T {
  invariant(value !== undefined, what);
  return value;
}
