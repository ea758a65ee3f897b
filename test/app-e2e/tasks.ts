import type { Page } from "playwright-core";

interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
}

/** Milliseconds of every task that the page's main thread ran in the meantime, by Chromium's own trace, longest first. */
export async function tasksDuring(page: Page, work: () => Promise<void>): Promise<readonly number[]> {
  const browser = page.context().browser();
  if (browser === null) throw new Error("the page's browser is gone");
  const categories = ["blink.user_timing", "devtools.timeline", "toplevel"];
  await browser.startTracing(page, { categories });
  // The marks tell the page's thread from those of others.
  await page.evaluate(() => performance.mark("first"));
  await work();
  await page.evaluate(() => performance.mark("last"));
  const trace = await browser.stopTracing();
  const { traceEvents }: { readonly traceEvents: readonly TraceEvent[] } = JSON.parse(trace.toString());
  const [first, last] = ["first", "last"].map((mark) =>
    traceEvents.find(({ name, cat }) => name === mark && cat.includes("blink.user_timing")),
  );
  if (first === undefined || last === undefined) throw new Error("the trace lacks the marks of its page");
  return traceEvents
    .filter(({ name, pid, tid }) => name.endsWith("RunTask") && pid === first.pid && tid === first.tid)
    .filter(({ ts, dur = 0 }) => ts + dur > first.ts && ts < last.ts)
    .map(({ dur = 0 }) => dur / 1000)
    .sort((a, b) => b - a);
}

/** Keeps the page's main thread busy in one task. */
export function hold(page: Page, milliseconds: number): Promise<void> {
  return page.evaluate(
    (milliseconds) =>
      new Promise<void>((resolve) => {
        setTimeout(() => {
          const end = performance.now() + milliseconds;
          while (performance.now() < end);
          resolve();
        });
      }),
    milliseconds,
  );
}
