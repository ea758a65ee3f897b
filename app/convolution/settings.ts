import { fitted, kernelSizes, presetNumbers, presets } from "./kernels.ts";
import { type Layer, layersIn, textOf } from "./stack.ts";

export const operations = ["convolution", "max", "average"] as const;
export const channelChoices = ["grey", "red", "green", "blue", "all"] as const;
export const scales = [1, 255] as const;
export const appearances = ["signed", "clipped", "stretched"] as const;

/** All that a reader sets and a link holds. */
export interface Settings {
  /** `digit-7-3` (the fourth 7 of the test set), `bitmap-4`, `own`, or the name of a drawn one. */
  readonly picture: string;
  /** What of a colour picture is taken. */
  readonly channels: (typeof channelChoices)[number];
  /** The number of white. */
  readonly white: (typeof scales)[number];
  readonly operation: (typeof operations)[number];
  readonly size: number;
  /** A preset's name, or numbers: `[1 or 3, size, size]`. */
  readonly kernel: string | readonly number[];
  readonly bias: number;
  readonly relu: boolean;
  readonly stride: number;
  readonly padding: number | "same";
  readonly dilation: number;
  /** Poolings: whether a last window may reach beyond the padding. */
  readonly ceil: boolean;
  /** Means: whether padding counts. */
  readonly countPadding: boolean;
  /** How numbers of the result become colours. */
  readonly appearance: (typeof appearances)[number];
  /** The layers upon each other at the end of the page. */
  readonly layers: readonly Layer[];
}

export const initial: Settings = {
  picture: "digit-7-0",
  channels: "grey",
  white: 1,
  operation: "convolution",
  size: 3,
  kernel: "sobelX",
  bias: 0,
  relu: false,
  stride: 1,
  padding: 0,
  dilation: 1,
  ceil: false,
  countPadding: true,
  appearance: "signed",
  layers: [
    { kernel: 3, stride: 1, dilation: 1 },
    { kernel: 3, stride: 1, dilation: 1 },
  ],
};

/** Where the window is in the result. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** What differs from the beginning, as the query of a link. The window is in the middle unless there is a place. */
export function queryOf(settings: Settings, place: Place | undefined): Record<string, string> {
  const query: Record<string, string> = {};
  const { layers, ...rest } = settings;
  for (const [name, value] of Object.entries(rest)) {
    // Both have the same names; which of them is asked for, the compiler can't know.
    const usual = initial[name as keyof Settings];
    if (value !== usual) query[name] = Array.isArray(value) ? value.join(" ") : String(value);
  }
  if (textOf(layers) !== textOf(initial.layers)) query.layers = textOf(layers);
  if (place) query.at = `${place.row} ${place.column}`;
  return query;
}

/** The settings of a link. Anyone can write one: what makes no sense is as in the beginning. */
export function settingsOf(query: URLSearchParams): {
  readonly settings: Settings;
  readonly place: Place | undefined;
} {
  const size = whole(query.get("size"), kernelSizes) ?? initial.size;
  const [row, column] = numbersOf(query.get("at"));
  const padding = query.get("padding");
  return {
    settings: {
      picture: query.get("picture") ?? initial.picture,
      channels: oneOf(query.get("channels"), channelChoices) ?? initial.channels,
      white: whole(query.get("white"), scales) ?? initial.white,
      operation: oneOf(query.get("operation"), operations) ?? initial.operation,
      size,
      kernel: kernelIn(query.get("kernel"), size),
      bias: numbersOf(query.get("bias"))[0] ?? initial.bias,
      relu: query.get("relu") === "true",
      stride: whole(query.get("stride"), [1, 2, 3, 4]) ?? initial.stride,
      padding: padding === "same" ? padding : (whole(padding, upTo(size)) ?? initial.padding),
      dilation: whole(query.get("dilation"), [1, 2, 3]) ?? initial.dilation,
      ceil: query.get("ceil") === "true",
      countPadding: query.get("countPadding") !== "false",
      appearance: oneOf(query.get("appearance"), appearances) ?? initial.appearance,
      layers: layersIn(query.get("layers")) ?? initial.layers,
    },
    place:
      row !== undefined && column !== undefined && Math.min(row, column) >= 0
        ? { row: Math.trunc(row), column: Math.trunc(column) }
        : undefined,
  };
}

/** The kernel's numbers for a picture of `channels`: `[channels, size, size]`. */
export function kernelNumbers({ kernel, size }: Settings, channels: number): readonly number[] {
  if (typeof kernel !== "string") return fitted(kernel, size, size, channels);
  const preset = presetsFor(size, channels).find(({ name }) => name === kernel) ?? presets[0];
  return preset ? presetNumbers(preset, size, channels) : [];
}

/** The presets that come in a size, for a picture of `channels`. */
export function presetsFor(size: number, channels: number): typeof presets {
  return presets.filter(({ sizes, colour }) => sizes.includes(size) && (!colour || channels === 3));
}

/** Another size: presets have theirs, other numbers keep their middle, and padding goes with the window. */
export function resized(settings: Settings, size: number): Settings {
  const { kernel, size: from, padding } = settings;
  return {
    ...settings,
    size,
    kernel:
      typeof kernel === "string"
        ? presets.some(({ name, sizes }) => name === kernel && sizes.includes(size))
          ? kernel
          : "identity"
        : fitted(kernel, from, size, kernel.length / from ** 2),
    padding: padding === "same" ? padding : Math.min(padding, size),
  };
}

function kernelIn(text: string | null, size: number): Settings["kernel"] {
  const preset = presets.find(({ name, sizes }) => name === text && sizes.includes(size));
  if (preset) return preset.name;
  const numbers = numbersOf(text);
  if ([size ** 2, 3 * size ** 2].includes(numbers.length)) return numbers;
  return size === 1 ? "identity" : initial.kernel;
}

/** Numbers with spaces between, or none if one of them is none. */
function numbersOf(text: string | null): readonly number[] {
  const numbers = (text ?? "").split(" ").map((part) => (part === "" ? Number.NaN : Number(part)));
  return numbers.every((number) => Number.isFinite(Math.fround(number))) ? numbers : [];
}

function oneOf<T extends string>(text: string | null, among: readonly T[]): T | undefined {
  return among.find((one) => one === text);
}

function whole<T extends number>(text: string | null, among: readonly T[]): T | undefined {
  return among.find((one) => `${one}` === text);
}

function upTo(most: number): readonly number[] {
  return Array.from({ length: most + 1 }, (_, index) => index);
}
