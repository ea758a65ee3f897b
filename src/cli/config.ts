import { InvalidArgumentError, Option } from "commander";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { readFile } from "../files/readFile.ts";
import { FormatError, UsageError } from "../ir/errors.ts";
import { nearest } from "../ir/nearest.ts";
import { type Setting, type SettingName, type Settings, settings } from "./settings.ts";

const shape = Object.fromEntries(
  Object.entries(settings).map(([name, { schema }]) => [name, schema.optional()]),
);
const name = z.string({ error: "text" }).optional();
const schema = z.strictObject({ model: name, recipe: name, ...shape });

/** The flag of each setting. */
export function settingOptions(): Option[] {
  return Object.values<Setting>(settings).map((setting) => {
    const option = new Option(setting.flag, setting.help).helpGroup(setting.group);
    return option.required ? option.argParser((text: string) => fromText(setting, text)) : option;
  });
}

/** The settings among the flags that were given. */
export function givenSettings(flags: Readonly<Record<string, unknown>>): Settings {
  const names = ["recipe", ...Object.keys(settings)];
  // Each flag was checked by the setting's own schema.
  return Object.fromEntries(
    names.flatMap((name) => (name in flags ? [[name, flags[name]]] : [])),
  ) as Settings;
}

/** Reads a configuration: JSON or YAML, settings by name, or the `config.json` of a run. */
export async function readSettings(path: string): Promise<Settings> {
  const text = new TextDecoder().decode(await readFile(path, 1 << 20));
  let found: unknown;
  try {
    // JSON is YAML too.
    found = parseYaml(text);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
    throw new FormatError(`${path}: is neither JSON nor YAML: ${reason}`);
  }
  return checkSettings(isRecord(found) && "version" in found ? ofRun(found) : found, path);
}

/** The settings in the `config.json` of a run, without what they came to. */
export function ofRun(config: Readonly<Record<string, unknown>>): unknown {
  const { model, data, training } = config;
  // What engine the run got, and what it said of itself.
  const { on: _, ...rest } = isRecord(training) ? training : {};
  return { model, data, ...rest };
}

/** Throws one `UsageError` that names every setting that is unknown or has a wrong value. */
export function checkSettings(found: unknown, path: string): Settings {
  const result = schema.safeParse(found ?? {});
  // The schema is made of the settings' own.
  if (result.success) return result.data as Settings;
  const names = ["model", "recipe", ...Object.keys(settings)];
  const lines = result.error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => {
        const near = nearest(
          key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
          names,
        );
        return `there is no setting \`${key}\`${near === undefined ? "" : `; did you mean \`${near}\`?`}`;
      });
    if (issue.path.length === 0) return ["expected settings by name, such as `epochs: 10`"];
    const given = issue.path.reduce<unknown>(
      (value, key) => (isRecord(value) ? value[String(key)] : value),
      found,
    );
    return [`\`${issue.path.join(".")}\` is ${JSON.stringify(given)}, expected ${issue.message}`];
  });
  throw new UsageError(lines.length === 1 ? `${path}: ${lines[0]}` : [`${path}:`, ...lines].join("\n  "));
}

/** A flag's text as the value it stands for: a number, numbers with commas between, or the text itself. */
function fromText({ schema }: Setting, text: string): unknown {
  const parts = text.split(",");
  const numbers = parts.map((part) => (/^[\d.]+(e[-+]?\d+)?$/i.test(part) ? Number(part) : Number.NaN));
  const texts = [text, parts];
  const candidates = numbers.some(Number.isNaN)
    ? texts
    : [...(numbers.length === 1 ? numbers : []), numbers, ...texts];
  for (const candidate of candidates) {
    const { success, data } = schema.safeParse(candidate);
    if (success) return data;
  }
  const problem = schema.safeParse(candidates[0]).error?.issues[0]?.message;
  throw new InvalidArgumentError(`Expected ${problem}.`);
}

/** The flag of a setting, for messages. */
export function flagOf(name: string): string {
  // Asked for a name that the table may lack.
  const setting = settings[name as SettingName] as Setting | undefined;
  return setting?.flag.split(" ")[0] ?? `--${name}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
