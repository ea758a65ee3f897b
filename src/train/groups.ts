import { UsageError } from "../ir/errors.ts";
import type { Shape } from "../ir/type.ts";

/** How the parameters are treated apart. A pattern is a path or its beginning up to a dot; `*` is any text. */
export interface GroupOptions {
  /** Parameters that stay as they are: no gradient is computed for what only they need. */
  readonly freeze?: readonly string[];
  /** Batch norms at these paths normalise by their running statistics, and leave them as they are. */
  readonly freezeNorm?: readonly string[];
  /** Whether weight decay acts on parameters of one axis: biases, and what normalisation scales and shifts by. Default true. */
  readonly decayNormAndBias?: boolean;
  /** Factors of the learning rate by pattern; those of all patterns that fit a path are multiplied. */
  readonly rates?: Readonly<Record<string, number>>;
  /**
   * The first layer's factor of the learning rate. Those of the others grow geometrically with depth, to 1 at the last
   * (Howard and Ruder 2018). A layer is a parameter of two axes or more with what follows it. Default 1.
   */
  readonly firstLayerRate?: number;
}

/** What an optimiser is told about one parameter. */
export interface Treatment {
  /** A factor of the learning rate. */
  readonly rate: number;
  /** Whether weight decay acts on it. */
  readonly decays: boolean;
}

/** The parameters that are trained, in their order, and how. Throws `UsageError` for a pattern that fits none. */
export function treatments(
  parameters: ReadonlyMap<string, { readonly shape: Shape }>,
  { freeze = [], decayNormAndBias = true, rates = {}, firstLayerRate = 1 }: GroupOptions,
): ReadonlyMap<string, Treatment> {
  const frozen = matcher("freeze", freeze, [...parameters.keys()]);
  const factors = Object.entries(rates).map(([pattern, factor]) => {
    if (!(factor >= 0 && Number.isFinite(factor)))
      throw new UsageError(`rates: the factor of ${pattern} is ${factor}, expected a number of 0 or more`);
    return { fits: matcher("rates", [pattern], [...parameters.keys()]), factor };
  });
  if (!(firstLayerRate > 0 && Number.isFinite(firstLayerRate)))
    throw new UsageError(`firstLayerRate is ${firstLayerRate}, expected a number above 0`);
  const layers = [...parameters.values()].filter(({ shape }) => shape.length > 1).length;
  let layer = -1;
  const treated = new Map<string, Treatment>();
  for (const [path, { shape }] of parameters) {
    if (shape.length > 1) layer++;
    if (frozen(path)) continue;
    const depth = layers < 2 ? 1 : Math.max(layer, 0) / (layers - 1);
    const own = factors.reduce((product, { fits, factor }) => (fits(path) ? product * factor : product), 1);
    treated.set(path, {
      rate: own * firstLayerRate ** (1 - depth),
      decays: decayNormAndBias || shape.length > 1,
    });
  }
  if (treated.size === 0) throw new UsageError("freeze: no parameter is left to train");
  return treated;
}

/** Whether a path fits any of `patterns`, each of which has to fit one of `paths`. */
export function matcher(
  option: string,
  patterns: readonly string[],
  paths: readonly string[],
): (path: string) => boolean {
  const expressions = patterns.map((pattern) => {
    const text = pattern.split("*").map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, "\\$&"));
    const expression = new RegExp(`^${text.join(".*")}(\\.|$)`);
    if (!paths.some((path) => expression.test(path)))
      throw new UsageError(
        `${option}: the pattern ${pattern} fits no path; there are ${paths.slice(0, 5).join(", ")}${paths.length > 5 ? ", ..." : ""}`,
      );
    return expression;
  });
  return (path) => expressions.some((expression) => expression.test(path));
}
