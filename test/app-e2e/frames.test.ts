import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { type Open, withApplication } from "./application.ts";
import { hold, tasksDuring } from "./tasks.ts";

// What the page's thread does is measured by Chromium's own trace. A machine that does other things at the same time
// makes tasks longer than they are, never shorter: the best of three trials counts.
const trials = 3;
/** Milliseconds. */
const longestTask = 50;
/** Frames a second: 60, of which a few may come late. */
const leastRate = 56;

withApplication((open) => {
  test("while LeNet-5 trains with live filters and curves, there are 60 frames a second and no task of 50 ms", async () => {
    const page = await trainingPage(open);
    const { longest, rate } = await best(() => measure(page, 3000));
    expect(longest).toBeLessThan(longestTask);
    expect(rate).toBeGreaterThanOrEqual(leastRate);
  });

  test("a task of 120 ms while it trains does not escape", async () => {
    const page = await trainingPage(open);
    const [longest = 0] = await tasksDuring(page, () => hold(page, 120));
    expect(longest).toBeGreaterThan(119);
  });
});

async function trainingPage(open: Open): Promise<Page> {
  const page = await open({ path: "#/train?epochs=200" });
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.getByRole("img", { name: "6 filters of the first layer" }).waitFor();
  return page;
}

interface Trial {
  /** The longest task, in milliseconds. */
  readonly longest: number;
  /** Frames a second. */
  readonly rate: number;
}

/** The first trial that is good, or the last. */
async function best(trial: () => Promise<Trial>): Promise<Trial> {
  let found = await trial();
  for (let more = 1; more < trials && !(found.longest < longestTask && found.rate >= leastRate); more++)
    found = await trial();
  return found;
}

async function measure(page: Page, milliseconds: number): Promise<Trial> {
  let frames = 0;
  const tasks = await tasksDuring(page, async () => {
    frames = await framesIn(page, milliseconds);
  });
  return { longest: tasks[0] ?? 0, rate: frames / (milliseconds / 1000) };
}

function framesIn(page: Page, milliseconds: number): Promise<number> {
  return page.evaluate(
    (milliseconds) =>
      new Promise<number>((resolve) => {
        let frames = 0;
        const begin = performance.now();
        requestAnimationFrame(function next(now) {
          if (now - begin >= milliseconds) return resolve(frames);
          frames++;
          requestAnimationFrame(next);
        });
      }),
    milliseconds,
  );
}
