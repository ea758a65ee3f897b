import { Option } from "commander";
import type { Pictures } from "../data/pictures.ts";
import { flipped, tenCrop, type Views } from "../transforms/views.ts";

export interface TtaFlags {
  readonly tta?: "flip" | "tencrop";
}

export function ttaOption(): Option {
  return new Option(
    "--tta <views>",
    "mean of several views of a picture: flip, or tencrop of 7/8 of its sides",
  ).choices(["flip", "tencrop"]);
}

/** The views of pictures of `shape` that are asked for, if any, and the shape of what the network is given. */
export function viewsFor(
  { tta }: TtaFlags,
  shape: Pictures["shape"],
): { readonly shape: Pictures["shape"]; readonly views?: Views } {
  if (tta === undefined) return { shape };
  if (tta === "flip") return { shape, views: flipped };
  const [channels, height, width] = shape;
  // AlexNet's crops of 224 of pictures of 256.
  const size = [Math.round((height * 7) / 8), Math.round((width * 7) / 8)] as const;
  return { shape: [channels, ...size], views: tenCrop(size) };
}
