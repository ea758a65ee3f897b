import { UsageError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { nearest } from "../ir/nearest.ts";
import { quote } from "../ir/quote.ts";
import { f32, size } from "../ir/type.ts";
import type { Classifier } from "../nn/classifier.ts";
import { layerNames } from "../nn/layerNames.ts";
import { Trace } from "../nn/trace.ts";

/** The name under which the network's own input is asked for. */
export const picture = "picture";

/** A network walked through in evaluation mode: what goes in, what comes out, and everything between by name. */
export interface Walk {
  readonly x: Value;
  readonly y: Value;
  /**
   * Layers in the order of the computation: modules by their paths, as `layer1.0.conv1`, and what a module does in its
   * own `forward` by the op, as `layer1.0.relu`, from the second on with a number, as `layer1.0.relu:2`.
   */
  readonly layers: ReadonlyMap<string, Value>;
}

/** `model` with an input of its own size, `batch` pictures a run. */
export function walk(model: Classifier, batch = 1): Walk {
  const trace = new Trace(model, { training: false });
  const x = trace.graph.input(picture, f32(batch, ...model.input));
  const y = trace.call(model, x);
  const named = trace.calls.flatMap(({ path, output }) => (path === "" ? [] : [[path, output] as const]));
  const layers = [...named, ...looseNodes(trace, x)].sort(([, a], [, b]) => a.id - b.id);
  return { x, y, layers: new Map(layers) };
}

/** The layers of `model` that can be asked for by name, with the shapes of one picture's values. */
export function layerShapes(model: Classifier): ReadonlyMap<string, readonly number[]> {
  const { layers } = walk(model);
  return new Map([...layers].map(([name, { type }]) => [name, type.shape.slice(1)]));
}

/** The value of the layer `name`, or of the picture. Throws `UsageError` for other names. */
export function layerOf({ x, layers }: Walk, name: string): Value {
  const value = name === picture ? x : layers.get(name);
  if (value !== undefined) return value;
  const near = nearest(name, layers.keys());
  const hint =
    near === undefined ? `, expected one of ${someOf([...layers.keys()])}` : `; did you mean ${near}?`;
  throw new UsageError(`there is no layer ${quote(name)}${hint}`);
}

/** The last layer with maps of more than one pixel. Throws `UsageError` for a network that has none. */
export function lastMaps({ layers }: Walk): string {
  const last = Math.max(...[...layers.values()].filter(hasMaps).map(({ id }) => id));
  // Of several names of one value the outermost module's: it was met first.
  const found = [...layers].find(([, { id }]) => id === last);
  if (found === undefined)
    throw new UsageError("the network has no layer with maps, which this method explains by");
  return found[0];
}

/** Whether a value is maps `[n, c, h, w]` of more than one pixel. */
export function hasMaps({ type: { shape } }: Value): boolean {
  return shape.length === 4 && size(shape.slice(2)) > 1;
}

/** What modules made of others do in their own `forward`, by name. */
function looseNodes(trace: Trace, x: Value): (readonly [name: string, value: Value])[] {
  const called = new Set(trace.calls.map(({ path }) => path));
  return [...layerNames(trace, x)].flatMap(
    ([
      {
        results: [value],
      },
      name,
    ]) => (value === undefined || called.has(name) ? [] : [[name, value] as const]),
  );
}

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(", ");
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown;
}
