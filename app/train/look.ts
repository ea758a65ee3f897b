import {
  type Classifier,
  type Dataset,
  type Engine,
  type ImageForm,
  subset,
  type TensorData,
} from "convnets";
import { layerShapes, networkPictures, Probe } from "convnets/explain";
import { filterTiles, firstFilters, pictureTiles, type Tiles, tilesOf } from "./tiles.ts";

/** What the reader looks at while a network learns. */
export interface Watched {
  /** A held-out picture, by its place. */
  readonly picture: number;
  readonly layer: string;
}

/** What a network makes of a picture with the weights it has now. */
export interface Look extends Watched {
  readonly step: number;
  readonly filters: Tiles | undefined;
  readonly shown: Tiles;
  readonly maps: Tiles;
  /** Of the layer's values for one picture. */
  readonly shape: readonly number[];
  readonly probabilities: Float32Array<ArrayBuffer>;
  readonly label: number;
}

/** Looks into a network between the steps of its training. */
export class Looker {
  readonly #model: Classifier;
  readonly #engine: Engine;
  readonly #pictures: Dataset & Pick<ImageForm, "asked">;
  /** Layers that can be watched, with the shapes of one picture's values. */
  readonly layers: ReadonlyMap<string, readonly number[]>;
  #probe: { readonly layer: string; readonly probe: Probe } | undefined;
  #input: { readonly picture: number; readonly x: Float32Array } | undefined;

  constructor(model: Classifier, engine: Engine, pictures: Dataset & Pick<ImageForm, "asked">) {
    this.#model = model;
    this.#engine = engine;
    this.#pictures = pictures;
    this.layers = layerShapes(model);
  }

  async look(weights: ReadonlyMap<string, TensorData>, watched: Watched, step: number): Promise<Look> {
    const { picture, layer } = watched;
    const one = subset(this.#pictures, [picture]);
    if (this.#input?.picture !== picture)
      this.#input = {
        picture,
        x: await networkPictures(this.#model, this.#engine, this.#pictures, one.images),
      };
    const subject = { model: this.#model, engine: this.#engine, weights };
    if (this.#probe?.layer === layer) this.#probe.probe.load(weights);
    else this.#probe = { layer, probe: await Probe.create(subject, { values: [layer] }) };
    const { values, probabilities } = await this.#probe.probe.run(this.#input.x);
    const shape = this.layers.get(layer) ?? [];
    const filters = firstFilters(this.#model, weights);
    return {
      ...{ picture, layer, step, shape },
      filters: filters && filterTiles(filters),
      shown: pictureTiles(one.images, one.shape),
      maps: tilesOf({ shape, data: values.get(layer) ?? new Float32Array() }),
      probabilities: Float32Array.from(probabilities),
      label: one.labels[0] ?? 0,
    };
  }
}
