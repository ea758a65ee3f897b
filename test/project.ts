import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** A user's project in a folder of its own: `files` of the repository, and convnets in node_modules as npm has it there. */
export class Project {
  readonly folder: string = mkdtempSync(join(tmpdir(), "convnets-project-"));

  constructor(...files: readonly string[]) {
    const library = join(this.folder, "node_modules", "convnets");
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const args = ["-p", "tsconfig.build.json", "--outDir", join(library, "dist")];
    const { status, stdout } = spawnSync(process.execPath, [compiler, ...args], {
      cwd: root,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`the library does not compile:\n${stdout}`);
    cpSync(join(root, "package.json"), join(library, "package.json"));
    writeFileSync(join(this.folder, "package.json"), '{ "type": "module" }');
    for (const file of files)
      cpSync(join(root, file), join(this.folder, file.split("/").at(-1) ?? file), { recursive: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
