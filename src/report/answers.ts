import { pictureOf } from "../explain/colours.ts";
import type { Evaluation } from "../train/evaluate.ts";
import type { Evidence } from "./evidence.ts";
import { type Html, html } from "./html.ts";
import { dataUri, encodePicture } from "./images.ts";
import { long, percent } from "./numbers.ts";
import { dataTable, scrolling, section } from "./page.ts";
import { type Confusion, confusionPicture, mistakes, shareOf } from "./plots/confusion.ts";

// Sections about what the network answered.

/** Above so many classes the confusion matrix is a picture. */
export const mostCells = 25;
/** Above so many classes the table shows the weakest, and all of them when it is opened. */
const mostRows = 40;
const weakest = 20;
/** Pixels of a picture's longer side. */
const mostPixels = 160;
/** Below so many, pixels are shown as squares. */
const fewPixels = 64;

export async function confusionSection(confusion: Confusion, classes: readonly string[]): Promise<Html> {
  if (classes.length <= mostCells) return section("Confusion matrix", matrix(confusion, classes));
  const png = await encodePicture(confusionPicture(confusion), classes.length);
  const rows = mistakes(confusion, weakest).map(({ label, chosen, count, share }) => [
    classes[label] ?? `${label}`,
    classes[chosen] ?? `${chosen}`,
    long(count),
    percent(share, 1),
  ]);
  return section(
    "Confusion matrix",
    html`<figure class="card"><img class="pixels" src="${dataUri(png)}" alt="Confusion matrix of ${classes.length} classes: a row for each true class, a column for each answer; the table of frequent confusions says the same in words"><figcaption class="note">A pixel a cell: rows are true classes, columns answers, the lighter the more.</figcaption></figure>`,
    dataTable(
      "The most frequent confusions",
      [
        ...[{ title: "is" }, { title: "taken for" }],
        ...[
          { title: "pictures", isNumber: true },
          { title: "of its class", isNumber: true },
        ],
      ],
      rows,
    ),
  );
}

function matrix(confusion: Confusion, classes: readonly string[]): Html {
  const tall = classes.some((name) => name.length > 3) ? "tall" : "";
  const caption = "A row for each true class, a column for each answer; colour is the share of the row.";
  const rows = confusion.map(
    (row, label) =>
      html`<tr><th scope="row">${classes[label] ?? ""}</th>${row.map((count, chosen) => {
        const share = shareOf(row, count);
        const kinds = [
          label === chosen ? "right" : "wrong",
          share > 0.5 ? "strong" : "",
          count === 0 ? "none" : "",
        ];
        return html`<td class="${kinds.filter(Boolean).join(" ")}" style="--share:${count === 0 ? 0 : Math.round(10 + 90 * share)}%">${count}</td>`;
      })}</tr>\n`,
  );
  return scrolling(
    "Confusion matrix",
    html`<table class="matrix"><caption><span>${caption}</span></caption><thead><tr><td class="none" style="background:none"></td>${classes.map((name) => html`<th scope="col"><div class="${tall}">${name}</div></th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

export function classesSection({ perClass, confusion }: Evaluation): Html {
  const rows = perClass
    .map(({ name, count, correct }, index) => {
      const answers = confusion.reduce((sum, row) => sum + (row[index] ?? 0), 0);
      return {
        ...{ name, count, recall: ratio(correct, count), precision: ratio(correct, answers) },
      };
    })
    .filter(({ count, precision }) => count > 0 || precision !== undefined);
  const columns = [
    { title: "class" },
    { title: "pictures", isNumber: true },
    { title: "precision", isNumber: true },
    { title: "recall", isNumber: true },
  ];
  const cells = (row: (typeof rows)[number]) => [
    row.name,
    long(row.count),
    bar(row.precision),
    bar(row.recall),
  ];
  const about =
    "Precision: of the answers of this class, those that are right. Recall: of its pictures, those that were found.";
  if (rows.length <= mostRows) return section("Classes", dataTable(about, columns, rows.map(cells)));
  const worst = rows.toSorted((a, b) => (a.recall ?? 1) - (b.recall ?? 1)).slice(0, weakest);
  return section(
    "Classes",
    dataTable(`The ${weakest} classes of the lowest recall. ${about}`, columns, worst.map(cells)),
    html`<details><summary>All ${rows.length} classes</summary>${dataTable("All classes", columns, rows.map(cells))}</details>`,
  );
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

function bar(share: number | undefined): Html {
  if (share === undefined) return html`<td class="number">–</td>`;
  return html`<td class="number bar" style="--share:${(100 * share).toFixed(1)}%">${percent(share, 1)}</td>`;
}

export async function errorsSection(
  { errors, evaluation }: Evidence,
  shape: readonly [channels: number, height: number, width: number],
  classes: readonly string[],
): Promise<Html> {
  const wrong = evaluation.count - evaluation.perClass.reduce((sum, { correct }) => sum + correct, 0);
  const items = errors.map(async ({ index, label, chosen, probability, pixels }) => {
    const picture = pictureOf(
      Float32Array.from(pixels, (value) => value / 255),
      shape,
      { mean: [0], std: [1] },
    );
    const uri = dataUri(await encodePicture(picture, mostPixels));
    const [is, was] = [classes[label] ?? `${label}`, classes[chosen] ?? `${chosen}`];
    const kind = Math.max(picture.width, picture.height) < fewPixels ? "pixels" : "";
    return html`<li><figure><img class="${kind}" src="${uri}" alt="Picture ${index}: ${is}, taken for ${was}"><figcaption><b>${is}</b> taken for <b>${was}</b>, ${percent(probability, 1)}<br>picture ${index}</figcaption></figure></li>\n`;
  });
  const text =
    wrong === 0
      ? html`<p>Every picture was classified rightly.</p>`
      : html`<p class="note">${long(wrong)} of ${long(evaluation.count)} pictures were taken for something else. These are the ones the network was surest about: what they are, what it took them for, with which probability.</p>`;
  return section("Most confident errors", text, html`<ul class="errors">${await Promise.all(items)}</ul>`);
}
