import { UsageError } from "../ir/errors.ts";
import { nearest } from "../ir/nearest.ts";
import { quote } from "../ir/quote.ts";
import { loadCifar } from "./cifar.ts";
import type { DataSplits } from "./dataset.ts";
import type { RemoteOptions } from "./download.ts";
import { type FolderOptions, loadFolder } from "./folder.ts";
import { loadDigits } from "./loadDigits.ts";
import { loadMnist } from "./mnist.ts";
import type { Splits } from "./pictures.ts";
import { threaded } from "./threaded.ts";

/** How a data set is opened; those of a folder of pictures concern no other. */
export interface DataOptions extends RemoteOptions, FolderOptions {}

type Open = (folder: string | undefined, options: DataOptions) => Promise<DataSplits>;

interface Source {
  /** How it is written. */
  readonly form: string;
  readonly open: Open;
}

const sources: ReadonlyMap<string, Source> = new Map<string, Source>([
  ["digits", { form: "digits", open: openDigits }],
  ["mnist", { form: "mnist[:DIR]", open: (folder, options) => loadMnist("mnist", folder, options) }],
  [
    "fashion-mnist",
    { form: "fashion-mnist[:DIR]", open: (folder, options) => loadMnist("fashion-mnist", folder, options) },
  ],
  ["cifar10", { form: "cifar10[:DIR]", open: (folder, options) => loadCifar("cifar10", folder, options) }],
  ["cifar100", { form: "cifar100[:DIR]", open: (folder, options) => loadCifar("cifar100", folder, options) }],
]);

const folderForm = "folder:DIR";

/** The forms that `openData` takes, for help texts. */
export const dataForms: readonly string[] = [...[...sources.values()].map(({ form }) => form), folderForm];

/**
 * Opens the data set that `spec` names: `digits`, `mnist`, `fashion-mnist`, `cifar10`, `cifar100`, all but the first
 * with their files' folder as `mnist:DIR`; or `folder:DIR`, pictures with a sub-folder a class.
 */
export async function openData(spec: string, options: DataOptions = {}): Promise<Splits> {
  const colon = spec.indexOf(":");
  const name = colon < 0 ? spec : spec.slice(0, colon);
  const folder = colon < 0 ? undefined : spec.slice(colon + 1);
  if (name === "folder") {
    if (folder) return loadFolder(folder, options);
    throw new UsageError(`data: ${quote(spec)} names no folder, expected ${folderForm}`);
  }
  const source = sources.get(name);
  if (source === undefined) {
    const near = nearest(name, [...sources.keys(), "folder"]);
    const hint = near === undefined ? "" : `; did you mean ${near}?`;
    throw new UsageError(`data: no data set ${quote(name)}, expected ${dataForms.join(", ")}${hint}`);
  }
  if (folder === "")
    throw new UsageError(`data: ${quote(spec)} names no folder after the colon, expected ${source.form}`);
  const { train, test } = await source.open(folder, options);
  return { train: threaded(train), test: threaded(test) };
}

function openDigits(folder: string | undefined): Promise<DataSplits> {
  if (folder !== undefined)
    throw new UsageError(`data: digits takes no folder, found ${quote(folder)}: it is an npm package`);
  return loadDigits();
}
