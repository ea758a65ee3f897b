import { UsageError } from "../ir/errors.ts";
import { nearest } from "../ir/nearest.ts";
import { quote } from "../ir/quote.ts";
import { definitions, type TransformName, type TransformOptions, type TransformSpec } from "./definitions.ts";
import { checkImage } from "./image.ts";
import { shown } from "./kinds.ts";
import type { Complete, Normalization, Transform, TransformDefinition } from "./transform.ts";

/** ImageNet's, which is what torchvision's recipes normalise by. */
const usual: Normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/**
 * The transforms one after the other. Options that are left out have their defaults.
 * Throws `UsageError` for options that are wrong, and when it is applied for pictures they do not fit.
 */
export function createTransforms(specs: readonly TransformSpec[]): Transform {
  const parsed = parseTransforms(specs);
  const normalization = normalizationOf(parsed) ?? usual;
  const steps = parsed.map((spec) => createOne(spec.name, spec, normalization));
  return {
    apply(image, random) {
      checkImage(image);
      let current = image;
      for (const step of steps) current = step.apply(current, random);
      return current;
    },
  };
}

/** The normalisation that the last `normalize` of a pipeline sets: it belongs in `ImageForm`. */
export function normalizationOf(specs: readonly TransformSpec[]): Normalization | undefined {
  const last = specs.findLast((spec) => spec.name === "normalize");
  return last?.name === "normalize" ? { mean: last.mean, std: last.std } : undefined;
}

/**
 * Transforms from a configuration, with every default filled in.
 * Throws `UsageError` that names the entry, the parameter, what it is and what was expected.
 */
export function parseTransforms(json: unknown): readonly TransformSpec[] {
  if (!Array.isArray(json))
    throw new UsageError(
      `transforms: ${shown(json)}, expected a list such as [{ "name": "centerCrop", "size": 224 }]`,
    );
  return json.map(parseOne);
}

function parseOne(entry: unknown, index: number): TransformSpec {
  const at = `transforms[${index}]`;
  if (typeof entry !== "object" || entry === null || Array.isArray(entry))
    throw new UsageError(`${at}: ${shown(entry)}, expected an object with a \`name\``);
  const { name, ...options } = Object.fromEntries<unknown>(Object.entries(entry));
  if (!isName(name)) {
    if (typeof name !== "string")
      throw new UsageError(`${at}: \`name\` is ${shown(name)}, expected one of ${names.join(", ")}`);
    throw new UsageError(`${at}: there is no transform ${quote(name)}${suggestion(name, names)}`);
  }
  return parseOptions(name, options, `${at} ${name}`);
}

const names = Object.keys(definitions);

function isName(name: unknown): name is TransformName {
  return typeof name === "string" && Object.hasOwn(definitions, name);
}

function parseOptions<N extends TransformName>(
  name: N,
  given: Readonly<Record<string, unknown>>,
  at: string,
): TransformSpec {
  const definition: TransformDefinition<TransformOptions[N]> = definitions[name];
  const parameters = Object.entries<{
    kind: { expected: string; holds(value: unknown): boolean };
    default?: unknown;
  }>(definition.parameters);
  const known = parameters.map(([key]) => key);
  for (const key of Object.keys(given))
    if (!known.includes(key))
      throw new UsageError(`${at}: there is no parameter ${quote(key)}${suggestion(key, known)}`);
  const values = parameters.map(([key, { kind, default: usual }]) => {
    const value = given[key] === undefined ? usual : given[key];
    if (value === undefined) throw new UsageError(`${at}: \`${key}\` is missing, expected ${kind.expected}`);
    if (!kind.holds(value))
      throw new UsageError(`${at}: \`${key}\` is ${shown(value)}, expected ${kind.expected}`);
    return [key, value] as const;
  });
  // Every parameter has a value of its kind now, and there are no others: that is what Complete says.
  const options = Object.fromEntries(values) as Complete<TransformOptions[N]>;
  const conflict = definition.conflict?.(options);
  if (conflict !== undefined) throw new UsageError(`${at}: ${conflict}`);
  // A spec is a name with options of that name.
  return { name, ...options } as TransformSpec;
}

function suggestion(word: string, candidates: readonly string[]): string {
  const meant = nearest(word, candidates);
  return meant === undefined ? `, expected one of ${candidates.join(", ")}` : `; did you mean \`${meant}\`?`;
}

function createOne<N extends TransformName>(
  name: N,
  spec: TransformSpec<N>,
  normalization: Normalization,
): Transform {
  const definition: TransformDefinition<TransformOptions[N]> = definitions[name];
  // `parseOptions` has filled the defaults in.
  return definition.create(spec as unknown as Complete<TransformOptions[N]>, normalization);
}
