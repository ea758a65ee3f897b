import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../ir/errors.ts";
import { isRun } from "../train/runFolder.ts";

/** The folder of a new run: the one that was asked for, if it holds no run yet, or the next free `runs/MODEL-N`. */
export async function newRunFolder(model: string, asked: string | undefined): Promise<string> {
  if (asked === undefined) {
    const taken = await readdir("runs").catch(() => []);
    const numbers = taken.map((name) =>
      Number(name.startsWith(`${model}-`) ? name.slice(model.length + 1) : 0),
    );
    return join("runs", `${model}-${Math.max(0, ...numbers.filter(Number.isInteger)) + 1}`);
  }
  if (await isRun(asked))
    throw new UsageError(`${asked}: holds a run already; choose another folder or delete it`);
  return asked;
}
