import { basename, extname, join } from "node:path";
import type { Command } from "commander";
import { dataForms } from "../data/source.ts";
import { loadEngine } from "../engines/auto.ts";
import { gradientBatch } from "../explain/gradient.ts";
import { hasMaps, lastMaps, layerOf, picture, walk } from "../explain/layers.ts";
import { Probe, type Subject, sharing } from "../explain/probe.ts";
import { networkPictures } from "../explain/units.ts";
import { weightEndings } from "../formats/weights.ts";
import { UsageError } from "../ir/errors.ts";
import { nearest } from "../ir/nearest.ts";
import { quote } from "../ir/quote.ts";
import { percent } from "../report/numbers.ts";
import type { ImageForm } from "../train/images.ts";
import { patchesAsked, writeFields, writeFilters, writePatches } from "./explainLayers.ts";
import {
  type Method,
  methodList,
  methodNames,
  needsMaps,
  shownPicture,
  writeActivations,
  writeMaps,
} from "./explainMaps.ts";
import { ExplanationFiles } from "./explanationFiles.ts";
import { checkpointOption, type EngineFlags, engineOption, threadsOption, whole } from "./flags.ts";
import { type Io, note, print, printJson } from "./io.ts";
import { expectOneSource, type Item, type ItemFlags, indexOption, invertOption, itemsOf } from "./items.ts";
import { type Network, type NetworkFlags, openNetwork } from "./network.ts";
import { normalizationOption } from "./normalization.ts";

/** Files that are told by name. */
const listed = 24;

interface ExplainFlags extends EngineFlags, NetworkFlags, ItemFlags {
  readonly method?: readonly Method[];
  readonly layer?: readonly string[];
  readonly class?: string;
  readonly patches?: string;
  readonly count: number;
  readonly fields?: boolean;
  readonly out: string;
}

export function addExplain(program: Command, io: Io): void {
  program
    .command("explain")
    .summary("show what in a picture a network decides by")
    .description(
      "Shows what in pictures a network decides by, and what its layers look for: maps as PNG and .npy, a contact sheet, an HTML page.",
    )
    .argument(
      "<run>",
      "a folder that `convnets train` has written, a file of weights, an .onnx file, or with --weights a model",
    )
    .argument("[images...]", "picture files: PNG, JPEG, WebP, GIF, TIFF, AVIF")
    .option("--method <list>", `some of ${methodNames.join(", ")} (default: all)`, methodList)
    .option("--class <name>", "class to explain, by name or number (default: the network's answer)")
    .option(
      "--layer <list>",
      "layers whose activations and filters are shown; Grad-CAM takes the first (default: the last with maps)",
      (list: string) => list.split(","),
    )
    .option(
      "--patches <LAYER[:FILTERS]>",
      "what filters answer to most in the data, for example conv2:0,3,5-8 or conv2:all (default: the first 8)",
    )
    .option("--count <n>", "patches a filter", whole(1, 100), 9)
    .option("--fields", "receptive fields of all layers, by formula and measured by gradient")
    .addOption(indexOption())
    .addOption(invertOption())
    .option("--data <data>", `${dataForms.join(", ")} (default: that of the run)`)
    .option("--model <name>", "the network that a file of weights is for")
    .option("--weights <file>", `weights of the model: ${weightEndings}`)
    .addOption(checkpointOption())
    .option("--size <n>", "side of its input, where that is not the model's own", whole(1))
    .addOption(normalizationOption())
    .option("--out <folder>", "where the files go", "explained")
    .addOption(engineOption())
    .addOption(threadsOption())
    .action((path: string, images: readonly string[], flags: ExplainFlags) =>
      explain(path, images, flags, io),
    );
}

async function explain(path: string, images: readonly string[], flags: ExplainFlags, io: Io): Promise<void> {
  const { index, patches, fields = false, method } = flags;
  const hasPictures = images.length > 0 || index !== undefined;
  if (!hasPictures && patches === undefined && !fields && flags.layer === undefined)
    throw new UsageError(
      "explain: nothing to explain; give picture files or --index, or ask for --patches, --fields or the filters of a --layer",
    );
  expectOneSource("explain", images, flags);
  const network = await openNetwork(path, { ...flags, dataOptional: true }, io);
  const { model, weights } = network;
  const layers = layersFor(network, flags);
  const engine = await loadEngine(flags.engine, { ...flags, note: (text) => note(io, text) });
  const subject = sharing(
    { model, weights, engine },
    { values: layers, towards: [picture, ...layers.slice(0, 1)] },
    { towards: [picture], batch: gradientBatch },
  );
  const asked = patches === undefined ? undefined : patchesAsked(subject, patches);
  const usable = methodNames.filter((name) => layers.length > 0 || !needsMaps(name));
  if (hasPictures && method === undefined && usable.length < methodNames.length)
    note(io, "Grad-CAM is left out: the network has no layer with maps");
  const files = new ExplanationFiles(flags.out);
  const task = { subject, network, layers, methods: method ?? usable, files };
  const pictures = hasPictures ? await explainPictures(images, flags, task, io) : [];
  if (flags.layer !== undefined) await writeFilters(subject, layers, files);
  const rows = fields ? await writeFields(subject, layers, files) : undefined;
  const found = asked && (await network.data()).test;
  const best =
    found && (await writePatches(subject, network, found, { ...asked, count: flags.count }, files));
  const names = await files.finish();
  if (flags.json)
    printJson(io, {
      ...{ model: network.name, pictures, layers },
      ...(rows && { fields: rows }),
      ...(best !== undefined && { patches: best }),
      files: names,
    });
  else {
    for (const { title } of pictures) print(io.stdout, title);
    const few = names.length <= listed;
    print(
      io.stdout,
      few
        ? `Saved to ${flags.out}: ${names.join(", ")}`
        : `Saved ${names.length} files to ${flags.out}, which ${join(flags.out, "index.html")} shows`,
    );
  }
}

/** The layers that were asked for, or the last one with maps, if there is one. */
function layersFor({ model }: Network, { layer }: ExplainFlags): readonly string[] {
  const walked = walk(model);
  for (const name of layer ?? []) layerOf(walked, name);
  if (layer !== undefined) return [...new Set(layer)];
  return [...walked.layers.values()].some(hasMaps) ? [lastMaps(walked)] : [];
}

interface Task {
  readonly subject: Subject;
  readonly network: Network;
  readonly layers: readonly string[];
  readonly methods: readonly Method[];
  readonly files: ExplanationFiles;
}

/** What is told of a picture beside its files. */
interface Explained {
  readonly source: string;
  readonly truth?: string;
  readonly title: string;
  readonly class: string;
  readonly index: number;
  readonly probability: number;
  /** The network's own answer. */
  readonly answer: string;
}

async function explainPictures(
  images: readonly string[],
  flags: ExplainFlags,
  task: Task,
  io: Io,
): Promise<readonly Explained[]> {
  const { shape, items } = await itemsOf("explain", images, task.network, flags, io);
  const folders = foldersOf(items);
  const explained: Explained[] = [];
  for (const [place, item] of items.entries()) {
    const folder = folders[place] ?? "";
    explained.push(await explainPicture(item, { shape, folder, asked: flags.class }, task));
  }
  return explained;
}

async function explainPicture(
  { source, pixels, truth }: Item,
  {
    shape,
    folder,
    asked,
  }: { readonly shape: ImageForm["shape"]; readonly folder: string; readonly asked: string | undefined },
  { subject, network, layers, methods, files }: Task,
): Promise<Explained> {
  const { model, engine } = subject;
  const { classes } = network;
  const form = { ...network.image, shape };
  const x = await networkPictures(model, engine, form, pixels);
  const black = await networkPictures(model, engine, form, new Uint8Array(pixels.length));
  const { probabilities, scores } = await (await Probe.create(subject)).run(x);
  const best = scores.indexOf(Math.max(...scores));
  const target = asked === undefined ? best : classOf(asked, classes);
  const probability = probabilities[target] ?? 0;
  const title = `${network.name}: ${classes[target]}, ${percent(probability, 1)}`;
  const [first] = layers;
  files.begin(title, [
    `${source}${truth === undefined ? "" : `, which is ${truth}`}. The network's answer is ${classes[best]}, ${percent(probabilities[best] ?? 0, 1)}. Explained is ${classes[target]}.`,
    ...(first === undefined
      ? []
      : [`Grad-CAM is that of ${first}, activations are those of ${layers.join(", ")}.`]),
    "What is brighter counts for more; where there are two colours, red speaks for the class, blue against it.",
  ]);
  const shown = shownPicture(x, network);
  await files.picture(`${folder}picture`, shown);
  const layer = first === undefined ? {} : { layer: first };
  await writeMaps(subject, x, shown, { names: methods, folder, target, black, ...layer }, files);
  await writeActivations(subject, x, layers, folder, files);
  return {
    ...{ source, ...(truth !== undefined && { truth }), title },
    ...{ class: `${classes[target]}`, index: target, probability, answer: `${classes[best]}` },
  };
}

/** A folder a picture, by the names of their files; none for a single one. */
function foldersOf(items: readonly Item[]): readonly string[] {
  if (items.length < 2) return [""];
  const taken = new Set<string>();
  return items.map(({ source }) => {
    const name = basename(source, extname(source)).replaceAll(/[^\w.-]+/g, "-");
    let folder = name;
    for (let more = 2; taken.has(folder); more++) folder = `${name}-${more}`;
    taken.add(folder);
    return `${folder}/`;
  });
}

function classOf(asked: string, classes: readonly string[]): number {
  const index = classes.indexOf(asked);
  if (index >= 0) return index;
  if (/^\d+$/.test(asked) && Number(asked) < classes.length) return Number(asked);
  const near = /^\d+$/.test(asked) ? undefined : nearest(asked, classes);
  const hint =
    near === undefined ? `, expected a name or 0 to ${classes.length - 1}` : `; did you mean ${near}?`;
  throw new UsageError(`explain: there is no class ${quote(asked)}${hint}`);
}
