import { UsageError } from "../ir/errors.ts";

/** A picture as it travels: a byte a pixel and channel, channel behind channel. Nobody writes into `data`. */
export interface Image {
  /** `[channels, height, width]` */
  readonly data: Uint8Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** A black picture, to be filled. */
export function blank(channels: number, height: number, width: number): Image {
  return { data: new Uint8Array(channels * height * width), channels, height, width };
}

/** The pixels of one channel, row by row: a view. */
export function planeOf({ data, height, width }: Image, channel: number): Uint8Array {
  const size = height * width;
  return data.subarray(channel * size, (channel + 1) * size);
}

/** Stops on a picture that is empty, or whose bytes are not as many as its sides say. */
export function checkImage({ data, channels, height, width }: Image): void {
  const sides = [channels, height, width];
  if (sides.some((side) => !Number.isInteger(side) || side < 1))
    throw new UsageError(`a picture of [${sides.join(",")}], expected [channels,height,width] of 1 or more`);
  if (data.length !== channels * height * width)
    throw new UsageError(
      `a picture of [${sides.join(",")}] takes ${channels * height * width} bytes, it has ${data.length}`,
    );
}

/** One number for all channels or one a channel, as one a channel. */
export function perChannel(
  value: number | readonly number[],
  channels: number,
  what: string,
): readonly number[] {
  const list = typeof value === "number" ? [value] : value;
  if (list.length === channels) return list;
  const [only] = list;
  if (list.length === 1 && only !== undefined) return new Array<number>(channels).fill(only);
  throw new UsageError(`${what} has ${list.length} numbers, the picture has ${channels} channels`);
}
