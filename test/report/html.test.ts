import { expect, it } from "vitest";
import { html } from "../../src/report/html.ts";

it("what is put into a page is text, in attributes too, and markup stays markup", () => {
  const name = `<img src=x onerror="alert('&')">`;
  const safe = "&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;";
  expect(html`<td title="${name}">${name}</td>`.text).toBe(`<td title="${safe}">${safe}</td>`);
  expect(html`<tr>${[1, 2].map((n) => html`<td>${n}</td>`)}</tr>`.text).toBe("<tr><td>1</td><td>2</td></tr>");
});
