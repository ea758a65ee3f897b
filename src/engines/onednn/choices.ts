import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { writeFileAtomically } from "../../files/atomicWrite.ts";
import { cacheFolder } from "../../files/cacheFolder.ts";
import { streamOf } from "../../ir/random.ts";
import type { Choices } from "../engine.ts";

/** The choices of all programs so far on this machine, kept in the user's cache folder: measuring takes time. */
export class ChoiceCache {
  readonly #path: string;
  #known: Choices;

  /** `library` and `threads` decide which choice is right, and so does the processor. */
  constructor(library: string, threads: number) {
    const machine = streamOf(`${library} ${threads} ${cpus()[0]?.model ?? ""}`)
      .toString(16)
      .padStart(8, "0");
    this.#path = join(cacheFolder(), "onednn", `${machine}.json`);
    this.#known = read(this.#path);
  }

  get known(): Choices {
    return this.#known;
  }

  /** Adds to the cache. A cache that can't be written only costs time, so that is no error. */
  async keep(choices: Choices): Promise<void> {
    if (Object.keys(choices).every((key) => Object.hasOwn(this.#known, key))) return;
    this.#known = { ...this.#known, ...choices };
    try {
      await mkdir(join(this.#path, ".."), { recursive: true });
      await writeFileAtomically(this.#path, new TextEncoder().encode(JSON.stringify(this.#known, null, 1)));
    } catch {
      // The next program measures again.
    }
  }
}

function read(path: string): Choices {
  try {
    const found: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof found !== "object" || found === null) return {};
    return Object.fromEntries(Object.entries(found).filter(([, choice]) => typeof choice === "string"));
  } catch {
    return {};
  }
}
