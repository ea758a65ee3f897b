import { type Html, html } from "../html.ts";
import { section } from "../page.ts";
import { type Chart, lineChart } from "./lineChart.ts";
import { ofPage } from "./palette.ts";

/** Charts beside each other, in the colours of the page. */
export function chartsSection(title: string, charts: readonly Chart[]): Html {
  if (charts.length === 0) return section(title, html`<p>Nothing has been recorded yet.</p>`);
  const figures = charts.map(
    (chart) => html`<figure><figcaption>${chart.title}</figcaption>${lineChart(chart, ofPage)}</figure>\n`,
  );
  return section(title, html`<div class="plots">${figures}</div>`);
}
