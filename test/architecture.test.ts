import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, test } from "vitest";
import { ops } from "../src/ops/index.ts";

// What may import what, read off the import lines. ARCHITECTURE.md says why.

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** For each folder or file the parts of the project that it may import, itself aside. A path ends in .ts, or is a folder. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  ir: [],
  ops: ["ir"],
  nn: ["ops", "ir"],
  models: ["nn", "ops", "ir"],
  passes: ["ops", "ir"],
  files: ["ir"],
  formats: ["ops", "ir"],
  transforms: ["ir"],
  data: ["transforms", "formats", "files", "ir"],
  "engines/engine.ts": ["ops", "ir"],
  "engines/arrays.ts": ["engines/engine.ts", "ops", "ir"],
  "engines/auto.ts": ["engines/engine.ts", "ir"],
  "engines/*": ["engines/engine.ts", "engines/arrays.ts", "ops", "ir", "passes/memory.ts", "files"],
  train: ["passes", "engines/engine.ts", "nn", "ops", "data", "transforms", "formats", "files", "ir"],
  explain: [
    ...["passes", "engines/engine.ts", "models", "nn", "ops", "data", "ir"],
    ...["train/images.ts", "train/outputs.ts"],
  ],
  onnx: ["passes", "engines/engine.ts", "engines/reference", "nn", "ops", "formats", "ir"],
  diagram: ["models", "nn", "ops", "ir"],
  report: [...["train", "engines/engine.ts", "explain/colours.ts", "models", "nn", "data", "files", "ir"]],
  cli: ["*"],
  "index.ts": ["*"],
  "node.ts": ["*"],
};

interface Import {
  /** A path below src, or the name of a package. */
  readonly target: string;
  /** In the project itself. */
  readonly own: boolean;
  readonly dynamic: boolean;
  /** Leaves no trace in the compiled file. */
  readonly typeOnly: boolean;
}

interface Source {
  readonly text: string;
  readonly imports: readonly Import[];
}

const sources: ReadonlyMap<string, Source> = new Map(
  filesBelow("src", ".ts").map((path) => {
    const text = readFileSync(join(root, "src", path), "utf8");
    return [path, { text, imports: importsOf(path, text) }];
  }),
);

describe("imports", () => {
  it("every folder has a rule", () => {
    expect([...sources.keys()].filter((path) => ruleOf(path) === undefined)).toEqual([]);
  });

  it("every import of the project's own names a file that is there", () => {
    const lost = [...sources].flatMap(([path, { imports }]) =>
      imports
        .filter(({ own, target }) => own && !sources.has(target))
        .map(({ target }) => `${path} -> ${target}`),
    );
    expect(lost).toEqual([]);
  });

  it("every folder imports only what its rule allows", () => {
    const wrong = [...sources].flatMap(([path, { imports }]) =>
      imports
        .filter(({ own, target, dynamic }) => own && !allowed(path, target, dynamic))
        .map(({ target }) => `${path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("no file imports itself through others", () => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      if (trail.includes(path) || done.has(path)) return;
      for (const { own, target } of sources.get(path)?.imports ?? [])
        if (own) visit(target, [...trail, path]);
      done.add(path);
    };
    for (const path of sources.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it.each(["index.ts", "models/index.ts", "explain/index.ts", "diagram/index.ts"])(
    "%s loads where there is no Node: it reaches no package and no node: module",
    (entry) => {
      expect(foreignTo(entry, ({ dynamic }) => !dynamic)).toEqual([]);
    },
  );

  it("what index.ts imports when asked needs no Node either, but for what package.json keeps from browsers", () => {
    const { browser } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const kept = Object.keys(browser).map((path) => path.replace("./dist/", "").replace(/\.js$/, ".ts"));
    expect(kept).toEqual(["engines/onednn/engine.ts"]);
    expect(foreignTo("index.ts", ({ target }) => !kept.includes(target))).toEqual([]);
  });
});

/** Folders of the application that stand for one page each; what is in others, pages share. */
const pageFolders = ["architectures", "ideas", "convolution", "train", "classify"];

const application: ReadonlyMap<string, Source> = new Map(
  filesBelow("app", ".ts", ".tsx").map((path) => {
    const text = readFileSync(join(root, "app", path), "utf8");
    return [path, { text, imports: importsOf(path, text) }];
  }),
);

describe("the application", () => {
  it("knows the library by its public entries alone", () => {
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const entries = Object.keys(exports).map((entry) => entry.replace(/^\./, "convnets"));
    const wrong = imported(({ own, target }) =>
      own ? target.startsWith("..") : /^convnets\b/.test(target) && !entries.includes(target),
    );
    expect(wrong).toEqual([]);
  });

  it("needs Node nowhere but where it is built", () => {
    const needing = imported(({ target }) => target.startsWith("node:") || target === "convnets/node");
    expect(needing.filter((line) => !/^(vite\.config|[\w/]+\/asset)\.ts /.test(line))).toEqual([]);
  });

  it("has pages that know nothing of each other, and rooms that know no page", () => {
    const pageOf = (path: string) => pageFolders.find((folder) => path.startsWith(`${folder}/`));
    const wrong = [...application].flatMap(([path, { imports }]) =>
      imports
        .filter(({ own, dynamic, target }) => own && !dynamic && pageOf(target) !== undefined)
        .filter(({ target }) => pageOf(target) !== pageOf(path))
        // The article's ideas are a part of the page of architectures.
        .filter(({ target }) => !(pageOf(path) === "architectures" && pageOf(target) === "ideas"))
        .map(({ target }) => `${path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  /** `file -> import` for the imports that `wanted` takes. */
  function imported(wanted: (found: Import) => boolean): readonly string[] {
    return [...application].flatMap(([path, { imports }]) =>
      imports.filter(wanted).map(({ target }) => `${path} -> ${target}`),
    );
  }
});

test("every cast has a comment that says why it holds", () => {
  const bare = [...sources, ...application].flatMap(([path, { text }]) =>
    bareCasts(text).map((line) => `${path}:${line}`),
  );
  expect(bare).toEqual([]);
});

test("no file of library and application is longer than 300 lines, none of its native side longer than 400", () => {
  const lines = (path: string) => readFileSync(join(root, path), "utf8").split("\n").length - 1;
  const long = (folder: string, most: number, ...ends: readonly string[]) =>
    filesBelow(folder, ...ends)
      .map((path) => `${folder}/${path}`)
      .filter((path) => lines(path) > most);
  expect([
    ...long("src", 300, ".ts"),
    ...long("app", 300, ".ts", ".tsx"),
    ...long("native", 400, ".cc", ".h"),
  ]).toEqual([]);
});

test("the table of native kernels names every op, and no other", () => {
  const table = readFileSync(join(root, "native", "kernels.cc"), "utf8");
  const kernels = [...table.matchAll(/\{"(\w+)",/g)].map(([, name]) => name ?? "");
  expect(kernels.toSorted()).toEqual(Object.keys(ops).toSorted());
});

/** The imports of packages and of Node that `entry` reaches by imports that count. */
function foreignTo(entry: string, counts: (found: Import) => boolean): readonly string[] {
  const reached = new Set([entry]);
  const foreign: string[] = [];
  for (const path of reached)
    for (const found of sources.get(path)?.imports ?? []) {
      if (found.typeOnly || !counts(found)) continue;
      if (found.own) reached.add(found.target);
      else foreign.push(`${path} -> ${found.target}`);
    }
  return foreign;
}

function ruleOf(path: string): readonly string[] | undefined {
  const [folder = "", next] = path.split("/");
  return (
    mayImport[path] ??
    (folder === "engines" && next !== undefined ? mayImport["engines/*"] : mayImport[folder])
  );
}

function allowed(path: string, target: string, dynamic: boolean): boolean {
  if (partOf(path) === partOf(target)) return true;
  // The one place that knows every engine; it imports the one that is asked for.
  if (path === "engines/auto.ts" && dynamic && target.startsWith("engines/")) return true;
  return (ruleOf(path) ?? []).some(
    (rule) => rule === "*" || rule === target || target.startsWith(`${rule}/`),
  );
}

/** Files that may import each other freely: those of a folder, and of one engine's folder. */
function partOf(path: string): string {
  const [folder = "", next = "", deeper] = path.split("/");
  return folder === "engines" ? `engines/${next}${deeper === undefined ? "" : "/"}` : folder;
}

function importsOf(path: string, text: string): readonly Import[] {
  const statics = text.matchAll(/^(?:import|export)\s(?<what>[^;"]*?\bfrom\s+)?"(?<name>[^"]+)"/gm);
  const dynamics = text.matchAll(/(?<!typeof )\bimport\(\s*"(?<name>[^"]+)"\s*\)/g);
  return [...statics, ...dynamics].map(({ 0: line, groups }) => {
    const name = groups?.name ?? "";
    const own = name.startsWith(".");
    return {
      target: own ? posix.join(posix.dirname(path), name) : name,
      own,
      dynamic: line.startsWith("import("),
      typeOnly: /^(?:import|export)\s+type\b/.test(line),
    };
  });
}

/** The lines with a cast and no comment within three lines above; casts within four lines share one. */
function bareCasts(text: string): readonly number[] {
  let comment = Number.NEGATIVE_INFINITY;
  let explained = Number.NEGATIVE_INFINITY;
  return text.split("\n").flatMap((line, index) => {
    if (/^\s*(\/\/|\/?\*)|\s\/\/\s/.test(line)) comment = index;
    const code = line
      .replace(/^\s*(\/?\*).*|\/\/.*/, "")
      .replace(/"[^"]*"|`[^`]*`/g, '""')
      .replace(/^(import|export)\b.*\bfrom\b.*/, "");
    if (!/[\w)\]}"]\s+as\s+(?!const\b)[A-Za-z{(]/.test(code)) return [];
    if (index - comment > 3 && index - explained > 4) return [index + 1];
    explained = index;
    return [];
  });
}

/** Paths below `folder`, with slashes. */
function filesBelow(folder: string, ...ends: readonly string[]): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => ends.some((end) => path.endsWith(end)));
}
