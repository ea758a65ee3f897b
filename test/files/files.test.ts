import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile as readBack, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeError, writeFileAtomically } from "../../src/files/atomicWrite.ts";
import { readFile } from "../../src/files/readFile.ts";
import { ConvnetsError, FormatError, UsageError } from "../../src/ir/errors.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "convnets-files-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const root = process.getuid?.() === 0;
const linux = process.platform === "linux";

describe("readFile", () => {
  test("gives all bytes of a file", async () => {
    await writeFile(join(folder, "a"), Uint8Array.of(1, 2, 3));
    expect(await readFile(join(folder, "a"))).toEqual(Uint8Array.of(1, 2, 3));
  });

  test("a missing file names the nearest one beside it", async () => {
    await writeFile(join(folder, "lenet5.safetensors"), "");
    const path = join(folder, "lenet.safetensors");
    await expect(readFile(path)).rejects.toThrow(
      new UsageError(`${path}: no such file; did you mean lenet5.safetensors?`),
    );
    await expect(readFile(join(folder, "q"))).rejects.toThrow(
      new UsageError(`${join(folder, "q")}: no such file`),
    );
  });

  test("a missing folder is named", async () => {
    const path = join(folder, "runs", "a");
    await expect(readFile(path)).rejects.toThrow(
      new UsageError(`${path}: no such file; there is no folder ${join(folder, "runs")}`),
    );
  });

  test("a folder is refused", async () => {
    await expect(readFile(folder)).rejects.toThrow(new UsageError(`${folder}: is a folder, expected a file`));
  });

  test("a file above the limit is refused before it is read", async () => {
    const path = join(folder, "big");
    await writeFile(path, new Uint8Array(11));
    await expect(readFile(path, 10)).rejects.toThrow(
      new FormatError(`${path}: 11 bytes, expected at most 10`),
    );
  });

  test.skipIf(!linux)(
    "a device and a pipe without a writer are refused at once (skipped: not Linux)",
    async () => {
      const pipe = join(folder, "pipe");
      execFileSync("mkfifo", [pipe]);
      for (const path of ["/dev/zero", pipe])
        await expect(readFile(path)).rejects.toThrow(
          new UsageError(`${path}: is a device or a pipe, expected a regular file`),
        );
    },
  );

  test.skipIf(root || !linux)(
    "a file without permission is refused (skipped: root may read all)",
    async () => {
      const path = join(folder, "secret");
      await writeFile(path, "x", { mode: 0 });
      await expect(readFile(path)).rejects.toThrow(
        new ConvnetsError(`${path}: no permission to read it (EACCES)`),
      );
    },
  );

  const short = "/sys/kernel/mm/transparent_hugepage/enabled";
  test.skipIf(!existsSync(short))(
    "a file that ends before its size says is refused (skipped: no sysfs)",
    async () => {
      await expect(readFile(short)).rejects.toThrow(
        /enabled: ends after \d+ of 4096 bytes; it changed while it was read$/,
      );
    },
  );

  test("any other fault of the system is passed on with the name of the file", async () => {
    const path = join(folder, "loop");
    await symlink(path, path);
    await expect(readFile(path)).rejects.toThrow(
      new ConvnetsError(
        `${path}: cannot be read: ELOOP: too many symbolic links encountered, open '${path}'`,
      ),
    );
  });
});

describe("writeFileAtomically", () => {
  test("writes a file, replaces it, and leaves nothing else", async () => {
    const path = join(folder, "weights");
    await writeFileAtomically(path, new Uint8Array(100_000).fill(1));
    await writeFileAtomically(path, Uint8Array.of(2));
    expect([...(await readBack(path))]).toEqual([2]);
    expect(await readdir(folder)).toEqual(["weights"]);
  });

  test("a missing folder is an error that names path, bytes, reason and remedy", async () => {
    const path = join(folder, "runs", "weights");
    await expect(writeFileAtomically(path, new Uint8Array(3))).rejects.toThrow(
      new ConvnetsError(`cannot write ${path} (3 bytes): there is no such folder; create it first (ENOENT)`),
    );
  });

  test("a path through a file is an error", async () => {
    await writeFile(join(folder, "file"), "");
    const path = join(folder, "file", "weights");
    await expect(writeFileAtomically(path, new Uint8Array(3))).rejects.toThrow(
      new ConvnetsError(
        `cannot write ${path} (3 bytes): a part of the path before the last is a file, not a folder; choose another path (ENOTDIR)`,
      ),
    );
  });

  test("a name that is too long is an error and leaves nothing", async () => {
    const path = join(folder, "x".repeat(300));
    await expect(writeFileAtomically(path, new Uint8Array(3))).rejects.toThrow(
      new ConvnetsError(
        `cannot write ${path} (3 bytes): the name is too long; choose a shorter one (ENAMETOOLONG)`,
      ),
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ["EDQUOT", "your disk quota is used up; free some space or choose another folder (EDQUOT)"],
    [
      "EFBIG",
      "the file would be larger than the limit of the system; raise the limit or choose another folder (EFBIG)",
    ],
    ["EPERM", "no permission to write in that folder; choose another one or change its permissions (EPERM)"],
    ["EIO", "what the system says"],
  ])("%s is explained", (code, reason) => {
    const error = Object.assign(new Error("what the system says"), { code });
    expect(writeError("/w", 3, error)).toEqual(
      new ConvnetsError(`cannot write /w (3 bytes): ${reason}`, { cause: error }),
    );
  });

  test("a folder is never replaced", async () => {
    const path = join(folder, "runs");
    await mkdir(path);
    await expect(writeFileAtomically(path, new Uint8Array(3))).rejects.toThrow(
      new ConvnetsError(
        `cannot write ${path} (3 bytes): it is a folder, not a regular file; choose another path`,
      ),
    );
    expect(await readdir(folder)).toEqual(["runs"]);
  });

  test.skipIf(!linux)("a device or a pipe is never replaced (skipped: not Linux)", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    await expect(writeFileAtomically(path, new Uint8Array(3))).rejects.toThrow(
      new ConvnetsError(
        `cannot write ${path} (3 bytes): it is a device or a pipe, not a regular file; choose another path`,
      ),
    );
  });

  test.skipIf(root || !linux)(
    "a folder without permission is an error (skipped: root may write all)",
    async () => {
      const closed = join(folder, "closed");
      await mkdir(closed, { mode: 0o555 });
      await expect(writeFileAtomically(join(closed, "a"), new Uint8Array(3))).rejects.toThrow(
        new ConvnetsError(
          `cannot write ${join(closed, "a")} (3 bytes): no permission to write in that folder; choose another one or change its permissions (EACCES)`,
        ),
      );
    },
  );
});

describe.skipIf(!canMount())(
  "writeFileAtomically on a file system of 64 KB (skipped: needs root to mount one)",
  () => {
    let disk = "";
    beforeEach(async () => {
      disk = join(folder, "disk");
      await mkdir(disk);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
    });
    afterEach(() => {
      execFileSync("umount", [disk]);
    });

    test("a full disk is an error; the old file stays whole and no partial one is left", async () => {
      const path = join(disk, "weights");
      await writeFileAtomically(path, Uint8Array.of(1, 2, 3));
      await expect(writeFileAtomically(path, new Uint8Array(200_000))).rejects.toThrow(
        new ConvnetsError(
          `cannot write ${path} (200000 bytes): the disk is full; free some space or choose another folder (ENOSPC)`,
        ),
      );
      expect(await readdir(disk)).toEqual(["weights"]);
      expect([...(await readBack(path))]).toEqual([1, 2, 3]);
    });

    test("a read-only disk is an error", async () => {
      execFileSync("mount", ["-o", "remount,ro", disk]);
      const path = join(disk, "weights");
      await expect(writeFileAtomically(path, new Uint8Array(3))).rejects.toThrow(
        new ConvnetsError(
          `cannot write ${path} (3 bytes): that folder is on a read-only file system; choose another one (EROFS)`,
        ),
      );
    });
  },
);

/** Root inside a container may still lack the right to mount, so it is tried. */
function canMount(): boolean {
  if (!root || !linux) return false;
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", tmpdir()], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
