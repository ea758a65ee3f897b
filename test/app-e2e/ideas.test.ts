import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { phone, withApplication } from "./application.ts";
import { expectUsable } from "./check.ts";

const path = "#/architectures/ideas";

withApplication((open) => {
  describe("the article's ideas", () => {
    test("a neuron that reads 100x100x3 has 30,000 weights, and another picture other ones, in the address too", async () => {
      const page = await open({ path });
      const section = page.getByRole("region", { name: "What full connection would cost" });
      await section.getByText("30,000 weights", { exact: true }).first().waitFor();
      await section.getByRole("button", { name: "224 × 224 × 3" }).click();
      await section.getByText("150,528 weights", { exact: true }).first().waitFor();
      await page.waitForURL(/image=224x224x3/);
      await page.reload();
      await section.getByText("150,528 weights", { exact: true }).first().waitFor();
    });

    test("the channels of an Inception block can be edited, and cost and shape follow", async () => {
      const page = await open({ path, view: phone });
      const section = page.getByRole("region", { name: /^What a 1×1 convolution saves/ });
      await section.getByText("256 channels").waitFor();
      await section.getByLabel("3×3 branch, channels", { exact: true }).fill("256");
      await section.getByText("384 channels").waitFor();
      await section.getByText("28×28×384").waitFor();
      await section.getByRole("button", { name: "5b" }).click();
      await section.getByText("1,024 channels").waitFor();
    });

    test("digits that come broken are told of, and training once more gets them", async () => {
      const page = await open({
        path,
        prepare: async (context) => {
          await context.route(/test-images/, (route) => route.fulfill({ body: "no gzip" }), { times: 1 });
        },
      });
      const section = page.getByRole("region", { name: "What moving a digit does to a network" });
      await section.getByRole("alert").getByText("This did not work").waitFor();
      await section.getByRole("button", { name: "Train all three" }).click();
      await section.getByText(/of the last 50 digits right/).waitFor();
      await section.getByRole("button", { name: "Stop" }).click();
      await section.getByRole("button", { name: "Train all three" }).waitFor();
      expect(await section.getByRole("alert").count()).toBe(0);
    });

    test("moving a digit misleads the fully connected network first", async () => {
      const page = await open({ path: `${path}?digit=35` });
      const section = page.getByRole("region", { name: "What moving a digit does to a network" });
      await section.getByRole("button", { name: "Train all three" }).click();
      await section.getByRole("button", { name: "Train again" }).waitFor({ timeout: 50_000 });
      const digit = section.getByRole("button", { name: /^A 7/ });
      for (let step = 0; step < 4; step++) await digit.press("ArrowRight");
      await page.waitForURL(/dx=4/);
      await section.getByText("…").first().waitFor({ state: "detached", timeout: 50_000 });
      const [full, lenet, pooled] = [
        await rightByDistance(page, "Fully connected"),
        await rightByDistance(page, "LeNet-5"),
        await rightByDistance(page, "Pooled all over"),
      ];
      for (const inPlace of [full[0], lenet[0], pooled[0]]) expect(inPlace).toBeGreaterThanOrEqual(90);
      // Four pixels away, which leaves every digit whole.
      expect(full[4]).toBeLessThan(lenet[4] ?? 0);
      expect(lenet[4]).toBeLessThan(pooled[4] ?? 0);
      await expectUsable(page);
    });
  });
});

/** The row of the table of distances, in percent. */
async function rightByDistance(page: Page, title: string): Promise<readonly number[]> {
  const row = page.getByRole("row", { name: new RegExp(`^${title}`) });
  return (await row.getByRole("cell").allTextContents()).map(Number.parseFloat);
}
