import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Picture } from "../explain/colours.ts";
import { contactSheet, explanationPage, type Plate, type Section, type Table } from "../explain/sheet.ts";
import { writeError, writeFileAtomically } from "../files/atomicWrite.ts";
import { serializeNpy } from "../formats/npy.ts";
import type { TensorData } from "../ir/type.ts";
import { encodePng, renderSvg } from "./png.ts";

/** The files of an explanation. */
export class ExplanationFiles {
  readonly #folder: string;
  readonly #sections: { readonly section: Section; readonly plates: Plate[] }[] = [];
  readonly #names: string[] = [];

  /** Files in `folder`, which is made if need be. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What follows is part of it, on the contact sheet and on the page. */
  begin(title: string, lines: readonly string[], table?: Table): void {
    const plates: Plate[] = [];
    this.#sections.push({ section: { title, lines, plates, ...(table && { table }) }, plates });
  }

  async array(name: string, { shape, data }: TensorData): Promise<void> {
    await this.#write(`${fileName(name)}.npy`, serializeNpy({ shape, data }));
  }

  async json(name: string, content: unknown): Promise<void> {
    await this.#write(
      `${fileName(name)}.json`,
      new TextEncoder().encode(`${JSON.stringify(content, undefined, 2)}\n`),
    );
  }

  /** A picture, which the sheet and the page show under the last part of its name. */
  async picture(name: string, picture: Picture): Promise<void> {
    const bytes = await encodePng(picture);
    const uri = `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`;
    const title = name.slice(name.lastIndexOf("/") + 1);
    this.#sections.at(-1)?.plates.push({ title, uri, width: picture.width, height: picture.height });
    await this.#write(`${fileName(name)}.png`, bytes);
  }

  /** Writes the contact sheet and the page; the names of all files. */
  async finish(): Promise<readonly string[]> {
    const [first, ...sections] = this.#sections.map(({ section }) => section);
    if (first === undefined) return this.#names;
    const page = { ...first, sections };
    if (this.#sections.some(({ plates }) => plates.length > 0))
      await this.#write("sheet.png", await renderSvg(contactSheet(page)));
    await this.#write("index.html", new TextEncoder().encode(explanationPage(page)));
    return this.#names;
  }

  async #write(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.#folder, name);
    await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
      throw writeError(dirname(path), 0, error);
    });
    await writeFileAtomically(path, bytes);
    this.#names.push(name);
  }
}

/** A layer's name may have a colon, which not every file system takes. */
function fileName(name: string): string {
  return name.replaceAll(":", "-");
}
