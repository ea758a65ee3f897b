import type { Command } from "commander";
import { layout } from "../diagram/layout.ts";
import { diagramPage } from "../diagram/page.ts";
import { structure } from "../diagram/structure.ts";
import { svg } from "../diagram/svg.ts";
import { writeFileAtomically } from "../files/atomicWrite.ts";
import { UsageError } from "../ir/errors.ts";
import { createModel } from "../models/registry.ts";
import { type Flags, whole } from "./flags.ts";
import { type Io, print, printJson } from "./io.ts";

interface DiagramFlags extends Flags {
  readonly out?: string;
  readonly depth?: number;
  readonly classes?: number;
  readonly size?: number;
}

export function addDiagram(program: Command, io: Io): void {
  program
    .command("diagram")
    .summary("draw the architecture of a model")
    .description("Draws the architecture of a model: SVG, or an HTML page whose modules open and close.")
    .argument("<model>", "a name from `convnets models`")
    .option("--out <file>", "FILE.svg or FILE.html (default: MODEL.svg)")
    .option("--depth <n>", "draw modules within modules this far; in SVG (default: all)", whole(0))
    .option("--classes <n>", "how many classes it tells apart", whole(1))
    .option("--size <n>", "side of its input, where that is not the model's own", whole(1))
    .action(async (name: string, { out = `${name}.svg`, depth, classes, size, json }: DiagramFlags) => {
      const isPage = out.endsWith(".html");
      if (!isPage && !out.endsWith(".svg"))
        throw new UsageError(`diagram: --out is ${out}, expected a name that ends in .svg or .html`);
      const model = createModel(name, {
        ...(classes !== undefined && { classes }),
        ...(size !== undefined && { size }),
      });
      const parts = structure(model);
      // A module's path has a dot less than it is deep.
      const expanded = (path: string) => depth === undefined || path.split(".").length <= depth;
      const text = isPage ? diagramPage(name, parts) : svg(layout(parts, { expanded }), name);
      await writeFileAtomically(out, new TextEncoder().encode(text));
      if (json) printJson(io, { model: name, file: out });
      else print(io.stdout, `Saved to ${out}`);
    });
}
