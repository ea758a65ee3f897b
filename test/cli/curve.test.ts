import { describe, expect, it } from "vitest";
import { curves } from "../../src/cli/curve.ts";

describe("the curves at the end of a training", () => {
  it("stand side by side, with the greatest and the least value beside them", () => {
    const scores = [2, 1.5, 0.5].map((loss, epoch) => ({ loss, top1: 0.25 * epoch }));
    expect(curves(scores)).toEqual([
      "",
      "loss, epochs 1 to 3                 top-1, epochs 1 to 3",
      `2.0000 █████████                    50.00 %                   █████████`,
      `       █████████▆▆▆▆▆▆▆▆▆                            ▁▁▁▁▁▁▁▁▁█████████`,
      `       ██████████████████                            ██████████████████`,
      `0.5000 ██████████████████▁▁▁▁▁▁▁▁▁   0.00 % ▁▁▁▁▁▁▁▁▁██████████████████`,
    ]);
  });

  it.each([2, 27, 28, 90, 1000])("fit 80 columns after %i epochs", (epochs) => {
    const scores = Array.from({ length: epochs }, (_, epoch) => ({ loss: 9999 / (1 + epoch), top1: 1 }));
    for (const line of curves(scores)) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("are left out after one epoch", () => {
    expect(curves([{ loss: 1, top1: 0.5 }])).toEqual([]);
  });

  it("are flat where nothing changes", () => {
    const [, , top, , , bottom] = curves(new Array(3).fill({ loss: 1, top1: 0.5 }));
    expect(top?.trim()).toMatch(/^1\.0000 +50\.00 %$/);
    expect(bottom).toContain(`1.0000 ${"▁".repeat(27)}`);
  });
});
