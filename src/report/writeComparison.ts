import { writeFileAtomically } from "../files/atomicWrite.ts";
import { compareRuns, namesOf, type RunResult } from "./comparison.ts";
import { html } from "./html.ts";
import { settingText } from "./network.ts";
import { duration, long, percent } from "./numbers.ts";
import { dataTable, page, section } from "./page.ts";
import { comparedCurves } from "./plots/curves.ts";
import { chartsSection } from "./plots/figures.ts";
import type { RunRecord } from "./record.ts";

/** Writes a page with the runs' results, their curves over each other, and the settings that differ. */
export async function writeComparison(path: string, records: readonly RunRecord[]): Promise<void> {
  const { runs, differences } = compareRuns(records);
  const names = namesOf(records);
  const number = (title: string) => ({ title, isNumber: true });
  const results = dataTable(
    "Of each run's best epoch: that with the highest top-1 and, of equals, the smallest loss.",
    [
      ...[
        { title: "run" },
        { title: "model" },
        { title: "data" },
        number("top-1"),
        number("top-5"),
        number("loss"),
      ],
      ...[number("in epoch"), number("epochs"), number("time an epoch"), number("parameters")],
    ],
    runs.map((run, index) => [names[index] ?? run.run, ...resultCells(run)]),
  );
  const settings = dataTable(
    "The settings that are not the same in all runs.",
    [{ title: "setting" }, ...names.map((title) => ({ title }))],
    differences.map(({ setting, values }) => [setting, ...values.map(settingText)]),
  );
  const text = page(`${names.length} runs compared`, [
    html`<header><h1>${names.length} runs compared</h1><p class="lead">${names.join(", ")}</p></header>\n<main>`,
    section("Results", results),
    chartsSection("Curves", comparedCurves(records)),
    section("Settings", differences.length === 0 ? html`<p>All settings are the same.</p>` : settings),
    html`</main>`,
  ]);
  await writeFileAtomically(path, new TextEncoder().encode(text));
}

function resultCells({
  model,
  data,
  best,
  epochs,
  secondsPerEpoch,
  parameters,
}: RunResult): readonly string[] {
  const share = (value: number | undefined) => (value === undefined ? "–" : percent(value));
  return [
    ...[model, data, share(best?.top1), share(best?.top5), best?.loss?.toFixed(4) ?? "–"],
    ...[`${best?.epoch ?? "–"}`, `${epochs}`],
    ...[secondsPerEpoch === undefined ? "–" : duration(secondsPerEpoch), long(parameters)],
  ];
}
