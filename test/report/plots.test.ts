import { describe, expect, it } from "vitest";
import { confusionSection } from "../../src/report/answers.ts";
import { confusionDrawing, mistakes } from "../../src/report/plots/confusion.ts";
import { type Chart, lineChart } from "../../src/report/plots/lineChart.ts";
import { light, ofPage } from "../../src/report/plots/palette.ts";

const chart: Chart = {
  id: "loss",
  title: "Loss",
  xLabel: "epoch",
  series: [
    {
      name: "a",
      points: [
        [1, 100],
        [2, 0.1],
      ],
      colour: 0,
    },
  ],
  format: (value) => `${value}`,
};
const named = (name: string): Chart => ({ ...chart, series: [{ name, points: [[1, 1]], colour: 0 }] });

describe("line charts", () => {
  it("say in words what they show", () => {
    expect(lineChart(chart, ofPage).text).toContain('aria-label="Loss by epoch: a from 100 to 0.1"');
  });

  it("have a logarithmic axis only where the chart allows one", () => {
    const ticks = (text: string) => [...text.matchAll(/text-anchor="end">([^<]+)</g)].map(([, tick]) => tick);
    expect(ticks(lineChart({ ...chart, mayBeLog: true }, ofPage).text)).toEqual(["0.1", "1", "10", "100"]);
    expect(ticks(lineChart(chart, ofPage).text)).toEqual(["0", "20", "40", "60", "80", "100"]);
  });

  it("show a single epoch as a point, in the middle", () => {
    expect(lineChart(named("a"), ofPage).text).toMatch(/<circle cx="224" cy="[\d.]+" r="2.4"/);
  });

  it("break off a line of the legend where the next name has no room, and cut long names", () => {
    const series = ["a".repeat(27), "b".repeat(27), "c".repeat(99)].map((name) => ({
      name,
      points: [[1, 1]] as const,
      colour: 0,
    }));
    const text = lineChart({ ...chart, series }, ofPage).text;
    expect(text).toMatch(/y="12">a+<.*y="31">b+<.*y="50">c{27}…</);
  });

  it("escape names", () => {
    const hostile = '<img src=x onerror="alert(1)">';
    const text = lineChart(named(hostile), light, true).text;
    expect(text).not.toContain("<img");
    expect(text).toContain("&lt;img src=x onerror=&quot;");
  });
});

describe("confusion", () => {
  const confusion = [
    [8, 2, 0],
    [0, 5, 3],
    [2, 0, 0],
  ];

  it("the most frequent mistakes come first, of equals those with more of their class", () => {
    expect(mistakes(confusion, 2)).toEqual([
      { label: 1, chosen: 2, count: 3, share: 0.375 },
      { label: 2, chosen: 0, count: 2, share: 1 },
    ]);
  });

  it("is a table up to 25 classes, above that a picture with its frequent mistakes in words", async () => {
    const classes = (count: number) => Array.from({ length: count }, (_, index) => `class ${index}`);
    const shifted = (count: number) =>
      classes(count).map((_, label) =>
        classes(count).map((_, chosen) => (chosen === (label + 1) % count ? 4 : 0)),
      );
    const few = (await confusionSection(shifted(25), classes(25))).text;
    expect([few.match(/<td class="wrong strong"/g)?.length, few.includes("<img")]).toEqual([25, false]);
    const many = (await confusionSection(shifted(26), classes(26))).text;
    expect(many).toMatch(
      /<img class="pixels" src="data:image\/png;base64,[^"]+" alt="Confusion matrix of 26 classes/,
    );
    expect(many).toMatch(
      /<th scope="row">class 0<\/th><td class="text">class 1<\/td><td class="number">4<\/td>/,
    );
  });

  it("a drawing escapes the names of classes", () => {
    expect(confusionDrawing([[1]], ["<b>&"], light).text).toContain(">&lt;b&gt;&amp;</text>");
  });
});
