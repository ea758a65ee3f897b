import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Picture } from "../explain/colours.ts";
import { contactSheet, explanationPage, type Plate } from "../explain/sheet.ts";
import { writeError, writeFileAtomically } from "../files/atomicWrite.ts";
import { serializeNpy } from "../formats/npy.ts";
import type { TensorData } from "../ir/type.ts";
import { encodePng, renderSvg } from "./png.ts";

/** The files of one explanation. */
export class ExplanationFiles {
  readonly #folder: string;
  readonly #plates: Plate[] = [];
  readonly #files: string[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Files in `folder`, which is made if need be. */
  static async create(folder: string): Promise<ExplanationFiles> {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw writeError(folder, 0, error);
    });
    return new ExplanationFiles(folder);
  }

  async array(name: string, { shape, data }: TensorData): Promise<void> {
    await this.#write(`${name}.npy`, serializeNpy({ shape, data }));
  }

  async picture(title: string, picture: Picture): Promise<void> {
    const bytes = await encodePng(picture);
    const uri = `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`;
    this.#plates.push({ title, uri, width: picture.width, height: picture.height });
    await this.#write(`${title}.png`, bytes);
  }

  /** Writes the contact sheet and the page; the names of all files. */
  async finish(title: string, lines: readonly string[]): Promise<readonly string[]> {
    const page = { title, lines, plates: this.#plates };
    await this.#write("sheet.png", await renderSvg(contactSheet(page)));
    await this.#write("index.html", new TextEncoder().encode(explanationPage(page)));
    return this.#files;
  }

  async #write(name: string, bytes: Uint8Array): Promise<void> {
    await writeFileAtomically(join(this.#folder, name), bytes);
    this.#files.push(name);
  }
}
