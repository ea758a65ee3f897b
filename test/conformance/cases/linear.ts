import { type Case, type ConformanceOf, polynomial } from "../case.ts";
import { some } from "../operands.ts";

interface Extents {
  readonly name: string;
  readonly n: number;
  readonly i: number;
  readonly o: number;
}

const extents: readonly Extents[] = [
  { name: "2 samples, 5 to 3 features", n: 2, i: 5, o: 3 },
  { name: "1 sample, 400 to 120 features", n: 1, i: 400, o: 120 },
  { name: "16 samples, 32 to 64 features", n: 16, i: 32, o: 64 },
  { name: "7 samples, 84 to 10 features", n: 7, i: 84, o: 10 },
  { name: "3 samples, 33 features to 1", n: 3, i: 33, o: 1 },
  { name: "3 samples, 1 feature to 17", n: 3, i: 1, o: 17 },
];

const afterGradients = { none: "fused ops are made after the gradients" };
// The first case by hand: 2 * (2 * 3) results * 5 weights each.
const products = 60;
const first = (e: Extents, flops: number) => (e === extents[0] ? { name: e.name, flops } : { name: e.name });

export const linearCases: ConformanceOf<
  "linear" | "linearBias" | "linearInputGrad" | "linearParameterGrad" | "linearWeightGrad"
> = {
  linear: {
    gradient: polynomial,
    cases: extents.map((e) => ({ ...first(e, products), inputs: [some(e.n, e.i), some(e.o, e.i)] })),
  },
  linearInputGrad: {
    gradient: polynomial,
    cases: extents.map((e) => ({ ...first(e, products), inputs: [some(e.n, e.o), some(e.o, e.i)] })),
  },
  linearWeightGrad: {
    gradient: polynomial,
    cases: extents.map((e) => ({ ...first(e, products), inputs: [some(e.n, e.i), some(e.n, e.o)] })),
  },
  linearBias: {
    gradient: afterGradients,
    cases: extents.flatMap((e) =>
      (["relu", "none"] as const).map(
        (activation): Case<"linearBias"> => ({
          ...first(e, products + 6),
          name: `${e.name}, ${activation}`,
          inputs: [some(e.n, e.i), some(e.o, e.i), some(e.o)],
          attrs: { activation },
        }),
      ),
    ),
  },
  linearParameterGrad: {
    gradient: afterGradients,
    cases: extents.map((e) => ({ ...first(e, products + 6), inputs: [some(e.n, e.i), some(e.n, e.o)] })),
  },
};
