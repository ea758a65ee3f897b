import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dataForms, openData } from "../../src/data/source.ts";
import { cacheFolder } from "../../src/files/cacheFolder.ts";
import { UsageError } from "../../src/ir/errors.ts";

describe("openData", () => {
  test("an unknown name is answered with the list, and with the nearest name if one is near", async () => {
    await expect(openData("minst:/data")).rejects.toThrow(
      new UsageError(
        'data: no data set "minst", expected digits, mnist[:DIR], fashion-mnist[:DIR], cifar10[:DIR], cifar100[:DIR], folder:DIR; did you mean mnist?',
      ),
    );
    await expect(openData("")).rejects.toThrow(
      new UsageError(
        'data: no data set "", expected digits, mnist[:DIR], fashion-mnist[:DIR], cifar10[:DIR], cifar100[:DIR], folder:DIR',
      ),
    );
  });

  test("a colon without a folder, and a folder where none is taken, are refused", async () => {
    await expect(openData("mnist:")).rejects.toThrow(
      new UsageError('data: "mnist:" names no folder after the colon, expected mnist[:DIR]'),
    );
    await expect(openData("digits:here")).rejects.toThrow(
      new UsageError('data: digits takes no folder, found "here": it is an npm package'),
    );
  });

  test("what follows the first colon is the folder, further colons included", async () => {
    await expect(openData("fashion-mnist:C:/none")).rejects.toThrow(
      new UsageError("C:/none: no such folder"),
    );
  });

  test("digits opens", async () => {
    expect((await openData("digits")).train.name).toBe("digits train");
  });

  test("the forms are listed for help texts", () => {
    expect(dataForms).toEqual([
      "digits",
      "mnist[:DIR]",
      "fashion-mnist[:DIR]",
      "cifar10[:DIR]",
      "cifar100[:DIR]",
      "folder:DIR",
    ]);
  });
});

test("the cache folder follows each system's convention", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: "/x" }, "darwin", "/h")).toBe(join("/x", "convnets"));
  expect(cacheFolder({ XDG_CACHE_HOME: "relative" }, "linux", "/h")).toBe(join("/h", ".cache", "convnets"));
  expect(cacheFolder({}, "darwin", "/h")).toBe(join("/h", "Library", "Caches", "convnets"));
  expect(cacheFolder({ LOCALAPPDATA: "/l" }, "win32", "/h")).toBe(join("/l", "convnets", "cache"));
  expect(cacheFolder({}, "win32", "/h")).toBe(join("/h", "AppData", "Local", "convnets", "cache"));
});
