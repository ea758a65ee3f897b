import type { JSX } from "preact";
import type { BlockCost } from "./inception.ts";
import { brief, whole } from "./numbers.ts";

const branchNames = ["1×1", "3×3", "5×5", "pooling"];

interface BlockCostsProps {
  readonly reduced: BlockCost;
  readonly naive: BlockCost;
}

/** A table for each measure: every branch with its reduction and without. */
export function BlockCosts({ reduced, naive }: BlockCostsProps): JSX.Element {
  return (
    <>
      <CostTable title="Multiply-adds" reduced={reduced} naive={naive} measure="macs" />
      <CostTable title="Parameters, with biases" reduced={reduced} naive={naive} measure="parameters" />
    </>
  );
}

interface CostTableProps extends BlockCostsProps {
  readonly title: string;
  readonly measure: "macs" | "parameters";
}

function CostTable({ title, reduced, naive, measure }: CostTableProps): JSX.Element {
  const rows = branchNames.map((name, index) => ({
    name,
    first: reduced.branches[index]?.[measure] ?? 0,
    second: naive.branches[index]?.[measure] ?? 0,
  }));
  const most = Math.max(...rows.flatMap(({ first, second }) => [first, second]));
  const total = { name: "all", first: reduced[measure], second: naive[measure] };
  return (
    <table class="costs">
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">Branch</th>
          <th scope="col" class="number">
            <span class="swatch" style={{ background: "var(--series-0)" }} /> With
          </th>
          <th scope="col" class="number">
            <span class="swatch" style={{ background: "var(--series-1)" }} /> Without
          </th>
          <th scope="col" class="number">
            Factor
          </th>
          <td class="drawn" />
        </tr>
      </thead>
      <tbody>
        {[...rows, total].map(({ name, first, second }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number">{whole(first)}</td>
            <td class="number">{whole(second)}</td>
            <td class="number">{second === 0 ? "–" : `${brief(second / first)} ×`}</td>
            <td class="drawn">
              {name !== total.name && (
                <>
                  <div style={{ width: `${(100 * first) / most}%`, background: "var(--series-0)" }} />
                  <div style={{ width: `${(100 * second) / most}%`, background: "var(--series-1)" }} />
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
