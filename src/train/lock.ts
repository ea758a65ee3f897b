import { randomBytes } from "node:crypto";
import { readFileSync, unlinkSync } from "node:fs";
import { link, readFile, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { writeError } from "../files/atomicWrite.ts";
import { errorCode } from "../files/readFile.ts";
import { UsageError } from "../ir/errors.ts";

/** Who holds a lock. With when it started, a process is told from a later one that was given its number. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Empty where the system doesn't say. */
  readonly started: string;
}

/**
 * Makes the lock file `path`, which says that this process works in its folder, and returns what takes it away again.
 * Throws `UsageError` while another process that lives holds it; one that died leaves a lock that is taken over.
 */
export async function lock(path: string): Promise<() => void> {
  const own = JSON.stringify(self());
  const aside = join(dirname(path), `.convnets-${randomBytes(8).toString("hex")}.tmp`);
  await writeFile(aside, own).catch((error: unknown) => {
    throw writeError(path, own.length, error);
  });
  try {
    // A link appears with its content or not at all, and never replaces what is there.
    while (!(await linked(aside, path))) await removeStale(path, aside);
  } finally {
    await unlink(aside);
  }
  return () => {
    if (textOf(path) === own) unlinkSync(path);
  };
}

async function linked(from: string, to: string): Promise<boolean> {
  return link(from, to).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === "EEXIST") return false;
      throw writeError(to, 0, error);
    },
  );
}

async function removeStale(path: string, aside: string): Promise<void> {
  const found = await readFile(path, "utf8").catch(() => undefined);
  if (found === undefined) return;
  const holder = holderOf(found);
  if (holder !== undefined && mayLive(holder)) throw inUse(path, holder);
  // Of several that come here at once, one takes the stale lock away: what it had read is still there.
  const claim = `${path}-takeover`;
  if (await linked(aside, claim)) {
    if (textOf(path) === found) unlinkSync(path);
    unlinkSync(claim);
    return;
  }
  const other = holderOf(textOf(claim) ?? "");
  if (other !== undefined && mayLive(other)) throw inUse(path, other);
  await unlink(claim).catch(() => {});
}

function inUse(path: string, { pid, host }: Holder): UsageError {
  const where = host === hostname() ? "" : ` on ${host}`;
  const remedy = host === hostname() ? "" : `; if it has ended, delete ${path}`;
  return new UsageError(`${dirname(path)}: process ${pid}${where} is training in this folder${remedy}`);
}

function mayLive({ host, pid, started }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) === "ESRCH") return false;
  }
  return startOf(pid) === started;
}

function self(): Holder {
  return { host: hostname(), pid: process.pid, started: startOf(process.pid) };
}

/** When a process started, in the system's own unit: field 22 of Linux's /proc/PID/stat, behind the name in brackets. */
function startOf(pid: number): string {
  const stat = textOf(`/proc/${pid}/stat`) ?? "";
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function holderOf(text: string): Holder | undefined {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== "object" || found === null) return undefined;
    if (!("host" in found && "pid" in found && "started" in found)) return undefined;
    const { host, pid, started } = found;
    const whole = typeof host === "string" && typeof pid === "number" && typeof started === "string";
    return whole ? { host, pid, started } : undefined;
  } catch {
    return undefined;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
