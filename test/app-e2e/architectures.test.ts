import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { phone, withApplication } from "./application.ts";
import { expectUsable } from "./check.ts";

withApplication((open) => {
  test("a network is found by its name, and its address leads there again", async () => {
    const page = await open({ path: "#/architectures" });
    await page.getByRole("combobox", { name: "Network", exact: true }).fill("vgg16");
    await page.getByRole("option", { name: /^vgg16 / }).click();
    await page.getByRole("heading", { name: /^vgg16/ }).waitFor();
    await page.getByTitle("138,357,544").first().waitFor();
    await page.getByTitle("15,470,264,320").first().waitFor();
    await page.reload();
    await page.getByTitle("138,357,544").first().waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: /^googlenet/ }).waitFor();
  });

  test("by keyboard from the whole network to a block and to one convolution", async () => {
    const page = await open({ path: "#/architectures/googlenet" });
    const layers = page.getByRole("region", { name: /^Layers of/ });
    await page.getByRole("group", { name: /^Diagram of/ }).focus();
    await page.keyboard.press("Tab");
    await arrowTo(page, /inception3a/);
    await page.keyboard.press("Enter");
    await layers.getByRole("heading", { name: /inception3a$/ }).waitFor();
    await arrowTo(page, /^conv 3x3 p1, 128/);
    await page.keyboard.press("Enter");
    const facts = layers.locator("dl.facts");
    await facts.getByText("3 × 3", { exact: true }).waitFor();
    expect(await facts.textContent()).toMatch(/Reads96 × 28 × 28Puts out128 × 28 × 28/);
    expect(await layers.locator("dl.sums").textContent()).toMatch(/110,848|110,592/);
    await page.waitForURL(/layer=inception3a\.branch2\.1/);
    await expectUsable(page);
  });

  test.each([
    { name: "desktop", view: undefined },
    { name: "phone", view: phone },
  ])("two networks are compared beside each other on a $name", async ({ view }) => {
    const page = await open({ path: "#/architectures/alexnet", ...(view && { view }) });
    await page.getByRole("combobox", { name: "Compare with" }).fill("resnet18");
    await page.getByRole("option", { name: /^resnet18 / }).waitFor();
    await page.keyboard.press("Enter");
    const totals = page.getByRole("table", { name: /^The totals of/ });
    const parameters = totals.getByRole("row", { name: /^Parameters/ });
    await parameters.waitFor();
    expect(await parameters.getByRole("cell").allTextContents()).toEqual(["61.1 M", "11.7 M", "× 0.191"]);
    expect(await page.getByRole("group", { name: /^Diagram of/ }).count()).toBe(2);
    await page.getByRole("button", { name: "Swap" }).click();
    await page.waitForURL(/architectures\/resnet18\?with=alexnet/);
    await expectUsable(page);
    await page.getByRole("button", { name: "Close comparison" }).click();
    await totals.waitFor({ state: "detached" });
  });

  test.each(["lenet5_paper", "resnet152", "inception_resnet_v2", "googlenet_article"])(
    "%s is drawn and listed",
    async (name) => {
      const page = await open({ path: `#/architectures/${name}` });
      await page.getByRole("heading", { name: new RegExp(`^${name} `) }).waitFor();
      const boxes = page.getByRole("group", { name: /^Diagram of/ }).getByRole("button");
      await expect.poll(() => boxes.count()).toBeGreaterThan(4);
    },
  );

  test("a network that is not there, or can't be built so, is told with what there is", async () => {
    const page = await open({ path: "#/architectures/nobody" });
    expect(await page.getByRole("alert").textContent()).toMatch(/nobody/);
    await expectUsable(page);
    await page.goto(`${page.url().split("#")[0]}#/architectures/vgg16?size=8`);
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/vgg16|size|pixels/);
  });

  test("the article's ideas in numbers: full connection, and what 1x1 convolutions save", async () => {
    const page = await open({ path: "#/architectures/ideas" });
    const full = page.getByRole("region", { name: "What full connection would cost" });
    await full.getByText("30,000 weights").first().waitFor();
    await full.getByRole("button", { name: "224 × 224 × 3" }).click();
    await full.getByText("150,528 weights").first().waitFor();

    const block = page.getByRole("region", { name: /^What a 1×1 convolution saves/ });
    const said = block.getByText(/^With reductions the block turns/);
    expect(await textOf(said)).toMatch(/28 × 28 × 192 into 256 channels by 128,049,152/);
    await block.getByLabel("3×3 branch, channels").fill("64");
    await expect.poll(() => textOf(said)).toMatch(/into 192 channels by 84,697,088/);
    await page.waitForURL(/block=/);
    await expectUsable(page);
  });
});

/** Goes down from box to box until one of that name has the focus. */
async function arrowTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = [];
  while (!name.test(seen.at(-1) ?? "")) {
    if (seen.length > 20) throw new Error(`no ${name} below: ${seen.join("; ")}`);
    await page.keyboard.press("ArrowDown");
    const before = seen.at(-1);
    const focused = page.locator("svg [role=button]:focus");
    await expect.poll(async () => (await focused.count()) === 1).toBe(true);
    seen.push((await focused.getAttribute("aria-label")) ?? "");
    if (seen.at(-1) === before) await page.keyboard.press("ArrowRight");
  }
}

/** As it reads: spaces that do not break are spaces. */
async function textOf(element: Locator): Promise<string> {
  return ((await element.textContent()) ?? "").replaceAll("\u00a0", " ");
}
