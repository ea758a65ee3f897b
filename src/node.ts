// What needs Node: data sets on disk and from the network, run folders, files, the oneDNN engine.

export { checkFolder, type FolderReport } from "./data/checkFolder.ts";
export { checkPictures, type PicturesReport } from "./data/checkPictures.ts";
export { loadCifar } from "./data/cifar.ts";
export type { CifarVariant } from "./data/cifarVariants.ts";
export type { CacheOptions } from "./data/decodedCache.ts";
export type { RemoteOptions } from "./data/download.ts";
export { type FolderOptions, loadFolder } from "./data/folder.ts";
export { type DigitsOptions, loadDigits } from "./data/loadDigits.ts";
export { loadMnist } from "./data/mnist.ts";
export { type DataOptions, dataForms, openData } from "./data/source.ts";
export { threaded } from "./data/threaded.ts";
export { loadOnednn, type OnednnEngine, type OnednnOptions } from "./engines/onednn/engine.ts";
export { writeFileAtomically } from "./files/atomicWrite.ts";
export { cacheFolder } from "./files/cacheFolder.ts";
export { readFile } from "./files/readFile.ts";
export type { RunConfig } from "./train/runConfig.ts";
export {
  createRun,
  isRun,
  type Metrics,
  openRun,
  type Run,
  resumeRun,
  type Which,
} from "./train/runFolder.ts";
