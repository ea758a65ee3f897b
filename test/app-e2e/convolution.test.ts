import { expect, test } from "vitest";
import { desktop, phone, withApplication } from "./application.ts";
import { expectUsable } from "./check.ts";
import { digit, digitPng, drop, photograph } from "./files.ts";

withApplication((open) => {
  test("the window goes step by step, and the output is what the kernel makes of the digit", async () => {
    const page = await open({ path: "#/convolution" });
    const said = page.getByText(/^Row \d+, column \d+: /);
    const [, first = 0] = numbers(await said.textContent());
    await page.getByRole("button", { name: "Step forward" }).click();
    await page.getByRole("button", { name: "Step forward" }).click();
    await page.getByRole("button", { name: "Step back" }).click();
    const [row = 0, column = 0, output = 0] = numbers(await said.textContent());
    expect(column).toBe(first + 1);
    const pixels = await digit(7);
    const at = (down: number, right: number) =>
      (pixels[(row + down) * 28 + column + right] ?? Number.NaN) / 255;
    const sobel = [0, 1, 2].reduce(
      (sum, down) => sum + ([1, 2, 1][down] ?? 0) * (at(down, 2) - at(down, 0)),
      0,
    );
    expect(output).toBeCloseTo(sobel, 4);
  });

  test("stride, padding, dilation and pooling change the output's size as the formula says", async () => {
    const page = await open({ path: "#/convolution" });
    const output = page.getByText(/^Output \d/);
    const choose = (legend: RegExp, choice: string) =>
      page.getByRole("group", { name: legend }).getByRole("radio", { name: choice, exact: true }).check();
    await choose(/^Stride/, "2");
    expect(await output.textContent()).toBe("Output 13 × 13");
    await choose(/^Padding/, "1");
    expect(await output.textContent()).toBe("Output 14 × 14");
    await choose(/^Dilation/, "3");
    expect(await output.textContent()).toBe("Output 12 × 12");
    await page.getByRole("radio", { name: "Maximum" }).check();
    expect(await output.textContent()).toBe("Output 14 × 14");
    // All of it is in the address, so a reload shows the same.
    await page.waitForURL(/max/);
    await page.reload();
    await expect.poll(() => output.textContent()).toBe("Output 14 × 14");
    await expectUsable(page);
  });

  test("arrow keys move the window over the output", async () => {
    const page = await open({ path: "#/convolution" });
    const said = page.getByText(/^Row \d+, column \d+: /);
    const [row = 0, column = 0] = numbers(await said.textContent());
    await page.getByLabel(/^The result, 26 rows/).focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    await page.getByText(`Row ${row + 2}, column ${column + 1}: `).waitFor({ state: "attached" });
  });

  test.each([desktop, phone])("plays by itself until it is paused, %o", async (view) => {
    const page = await open({ path: "#/convolution", view });
    const play = page.getByRole("button", { name: "Play" });
    const window = page.getByRole("slider", { name: /^Window/ });
    const before = Number(await window.inputValue());
    await play.click();
    await expect.poll(async () => Number(await window.inputValue())).toBeGreaterThan(before + 1);
    await page.getByRole("button", { name: "Pause" }).click();
    await play.waitFor();
  });

  test("takes a picture that is dropped on the page, a large photograph too, and refuses a text by a reason", async () => {
    const page = await open({ path: "#/convolution" });
    const input = page.getByText(/^Input \d/);
    await page.getByRole("heading", { name: "Picture" }).waitFor();
    await drop(page.getByText("Drop or paste a picture"), await digitPng(3, 4));
    await expect.poll(() => input.textContent()).toBe("Input 48 × 48");
    await drop(page.getByText("Drop or paste a picture"), await photograph());
    await expect.poll(() => input.textContent()).toBe("Input 36 × 48");
    await drop(page.getByText("Drop or paste a picture"), {
      name: "a.png",
      type: "image/png",
      bytes: Buffer.from("no picture"),
    });
    expect(await page.getByRole("alert").textContent()).toMatch(/picture/);
    await expectUsable(page);
  });
});

function numbers(text: string | null): readonly number[] {
  return [...(text ?? "").replaceAll("−", "-").matchAll(/-?\d+(\.\d+)?/g)].map(([number]) => Number(number));
}
