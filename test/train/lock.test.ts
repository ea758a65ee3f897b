import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { lock } from "../../src/train/lock.ts";

const folder = mkdtempSync(join(tmpdir(), "convnets-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "lock");

describe("lock", () => {
  it("refuses while it is held, and leaves nothing behind", async () => {
    const unlock = await lock(path);
    await expect(lock(path)).rejects.toThrow(
      new UsageError(`${folder}: process ${process.pid} is training in this folder`),
    );
    expect(readdirSync(folder)).toEqual(["lock"]);
    unlock();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ["a process that has ended", () => ({ pid: spawnSync(process.execPath, ["-e", ""]).pid })],
    ["a process whose number another one has now", () => ({ pid: process.pid, started: "1" })],
  ])("takes over the lock of %s", async (_, other) => {
    writeFileSync(path, JSON.stringify({ host: hostname(), started: "", ...other() }));
    (await lock(path))();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("takes over what is no lock, such as a file cut short", async () => {
    writeFileSync(path, '{"host":');
    (await lock(path))();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("of another machine is refused, with the remedy", async () => {
    const other = JSON.stringify({ host: "elsewhere", pid: 7, started: "1" });
    writeFileSync(path, other);
    await expect(lock(path)).rejects.toThrow(
      `${folder}: process 7 on elsewhere is training in this folder; if it has ended, delete ${path}`,
    );
    expect(readFileSync(path, "utf8")).toBe(other);
    rmSync(path);
  });

  it("is one caller's when many ask at once for a stale one", async () => {
    writeFileSync(path, JSON.stringify({ host: hostname(), pid: process.pid, started: "1" }));
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lock(path)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    rmSync(path);
  });
});
