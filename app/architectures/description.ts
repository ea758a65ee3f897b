import type { Part } from "convnets/diagram";
import type { ModelEntry, Summary } from "convnets/models";

/** What can be told of a network without building it. */
export type Entry = Omit<ModelEntry, "create">;

/** A network, and what of it is not as usual. */
export interface Request {
  readonly name: string;
  readonly classes?: number | undefined;
  /** The side of its pictures. */
  readonly size?: number | undefined;
}

/** A network's layers, with their costs, and how they lie. */
export interface Description {
  readonly name: string;
  readonly summary: Summary;
  readonly parts: readonly Part[];
}

/** What the page's worker does. */
export interface Catalogue {
  entries(): readonly Entry[];
  /** Throws what the library throws for a network that can't be built so. */
  describe(request: Request): Description;
}
