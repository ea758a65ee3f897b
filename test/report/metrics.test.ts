import { expect, it } from "vitest";
import { FormatError } from "../../src/ir/errors.ts";
import { parseMetrics } from "../../src/report/metrics.ts";

it("epochs and steps come by number, and of two lines for one the later counts", () => {
  const text = [
    '{"kind":"epoch","epoch":2,"step":10,"loss":1}',
    '{"epoch":1,"loss":null,"validation":{"top1":0.5}}',
    '{"kind":"step","epoch":2,"step":9,"loss":7,"rate":0.1}',
    '{"kind":"epoch","epoch":2,"step":10,"loss":0.5,"seconds":3}',
    "",
  ].join("\n");
  expect(parseMetrics(text, "m")).toEqual({
    epochs: [
      { kind: "epoch", epoch: 1, validation: { top1: 0.5 } },
      { kind: "epoch", epoch: 2, step: 10, loss: 0.5, seconds: 3 },
    ],
    steps: [{ kind: "step", epoch: 2, step: 9, loss: 7, rate: 0.1 }],
  });
});

it("a last line that a stopped run left unfinished is passed over", () => {
  expect(parseMetrics('{"epoch":1}\n{"epoch":2,"lo', "m").epochs).toEqual([{ kind: "epoch", epoch: 1 }]);
});

it.each([
  ["{", "expected a JSON object a line"],
  ["[1]", "expected a JSON object a line"],
  ['{"epoch":0}', "`epoch`: expected a whole number of 1 or more"],
  ['{"epoch":1,"loss":"<b>"}', "`loss`: expected a number"],
  ['{"epoch":1,"validation":{"top1":[]}}', "`validation.top1`: expected a number"],
  ['{"epoch":1,"kind":"era"}', "`kind`: expected step or epoch"],
])("the line %s is refused: %s", (line, what) => {
  const parse = () => parseMetrics(`{"epoch":1}\n${line}\n`, "run/metrics.jsonl");
  expect(parse).toThrow(FormatError);
  expect(parse).toThrow(`run/metrics.jsonl: line 2: ${what}, found ${JSON.stringify(line)}; delete`);
});
