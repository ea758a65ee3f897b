import { expect, it } from "vitest";
import { escapeMarkup } from "../../src/ir/markup.ts";

it("what would begin markup, or end an attribute, is shown as it is", () => {
  expect(escapeMarkup(`<a href="x" title='y'>&</a>`)).toBe(
    "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;",
  );
});
