import type { OpName } from "../../src/ops/index.ts";
import type { AnyCase, ConformanceOf, Difference } from "./case.ts";
import { adaptivePoolCases } from "./cases/adaptivePool.ts";
import { channelCases } from "./cases/channels.ts";
import { convCases } from "./cases/conv.ts";
import { elementwiseCases } from "./cases/elementwise.ts";
import { linearCases } from "./cases/linear.ts";
import { normalizationCases } from "./cases/normalization.ts";
import { otherCases } from "./cases/other.ts";
import { poolCases } from "./cases/pool.ts";
import { shapeCases } from "./cases/shape.ts";
import { updateCases } from "./cases/update.ts";

/** The one table of op cases. An op without an entry does not compile. */
export const conformance: ConformanceOf<OpName> = {
  ...adaptivePoolCases,
  ...channelCases,
  ...convCases,
  ...elementwiseCases,
  ...linearCases,
  ...normalizationCases,
  ...otherCases,
  ...poolCases,
  ...shapeCases,
  ...updateCases,
};

/** An op's part of the table as the tests and benches walk it. */
export interface Entry {
  readonly op: OpName;
  readonly gradient: Difference | { readonly none: string };
  readonly exact: boolean;
  readonly cases: readonly AnyCase[];
}

export const entries: readonly Entry[] = Object.entries(conformance).map(
  ([op, { gradient, exact, cases }]) => ({
    // The table's keys are op names, which Object.entries does not tell.
    op: op as OpName,
    gradient,
    exact: exact ?? false,
    cases,
  }),
);
