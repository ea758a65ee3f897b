import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { f32, type Shape, size, type TensorType } from "../../src/ir/type.ts";
import { createModel } from "../../src/models/index.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { hashUniform } from "../models/torchFill.ts";
import type { Probe } from "./probe.ts";

/** What PyTorch computed for a network whose weights and input are filled from a hash of their names. */
export interface Fixture {
  readonly model: string;
  readonly salt: string;
  readonly input_shape: readonly [n: number, c: number, h: number, w: number];
  readonly num_classes: number;
  readonly labels: readonly number[];
  readonly state_dict: Readonly<Record<string, Shape>>;
  readonly eval_output: readonly (readonly number[])[];
  readonly sgd: {
    readonly lr: number;
    readonly momentum: number;
    readonly weight_decay: number;
    /** Before each of three steps. */
    readonly losses: readonly number[];
  };
  readonly gradients: Readonly<Record<string, Probe>>;
  readonly running_stats_after_1?: Readonly<Record<string, Probe>>;
  readonly parameters_after_3: Readonly<Record<string, Probe>>;
}

/** The fixtures of `CONVNETS_GOLDEN`, a folder, or else those that are part of the project. */
export function fixtures(): readonly Fixture[] {
  const folder = process.env.CONVNETS_GOLDEN ?? import.meta.dirname;
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Fixture);
}

/** The registry's name of a fixture's network. */
export function nameOf({ model }: Fixture): string {
  const bare = model.replace(/^torchvision_/, "");
  return bare === "article_googlenet" ? "googlenet_article" : bare;
}

/** The network, without dropout: fixtures drop nothing. */
export function modelOf(fixture: Fixture): Classifier {
  const [, channels, height, width] = fixture.input_shape;
  return createModel(nameOf(fixture), {
    classes: fixture.num_classes,
    channels,
    size: [height, width],
    dropout: false,
  });
}

export function inputType({ input_shape: shape }: Fixture): TensorType {
  return f32(...shape);
}

export function inputOf({ salt, input_shape: shape }: Fixture): Float32Array {
  return hashUniform(`${salt}input`, size(shape)).map((value) => 2 * value);
}

/** The keys of tensors of numbers with a fraction: batch norm's count of batches is not among them. */
export function floatKeys({ state_dict: shapes }: Fixture): readonly (readonly [string, Shape])[] {
  return Object.entries(shapes).filter(([key]) => !key.endsWith(".num_batches_tracked"));
}

export function hasBatchNorm({ state_dict: shapes }: Fixture): boolean {
  return Object.keys(shapes).some((key) => key.endsWith(".running_mean"));
}
