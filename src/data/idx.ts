// IDX, the format of MNIST: two zero bytes, an element type, the number of axes, each extent as a big-endian
// 32-bit number, then the elements. Only unsigned bytes (type 8) occur in data sets of images.

import { FormatError } from "../ir/errors.ts";
import { isGzip } from "./gunzip.ts";

export interface IdxArray {
  readonly shape: readonly number[];
  /** A view of the bytes it was parsed from. */
  readonly data: Uint8Array;
}

const typeNames: ReadonlyMap<number, string> = new Map([
  [0x08, "unsigned byte"],
  [0x09, "signed byte"],
  [0x0b, "16-bit integer"],
  [0x0c, "32-bit integer"],
  [0x0d, "32-bit float"],
  [0x0e, "64-bit float"],
]);

/** Reads one array of unsigned bytes. `file` names it in errors. */
export function parseIdx(bytes: Uint8Array, file = "IDX data"): IdxArray {
  const [zero, alsoZero, type, axes] = bytes;
  if (type === undefined || axes === undefined)
    throw new FormatError(`${file}: ${bytes.length} bytes, expected at least the 4 of an IDX magic number`);
  if (isGzip(bytes))
    throw new FormatError(`${file}: is compressed with gzip, expected plain IDX; unpack it first`);
  if (zero !== 0 || alsoZero !== 0) {
    const found = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw new FormatError(`${file}: starts with ${found}, expected 00 00 08; this is not an IDX file`);
  }
  if (type !== 8) {
    const name = typeNames.get(type) ?? "unknown";
    throw new FormatError(`${file}: elements of type ${type} (${name}), expected 8 (unsigned byte)`);
  }
  if (axes < 1 || axes > 8) throw new FormatError(`${file}: ${axes} axes, expected 1 to 8`);
  const headerLength = 4 + 4 * axes;
  if (bytes.length < headerLength)
    throw new FormatError(
      `${file}: ${bytes.length} bytes, the header alone takes ${headerLength}; the file is truncated`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const wanted = shape.reduce((product, extent) => product * extent, 1);
  const found = bytes.length - headerLength;
  if (found !== wanted) {
    const problem = found < wanted ? "the file is truncated" : `${found - wanted} bytes too many follow`;
    throw new FormatError(
      `${file}: ${found} bytes of data, [${shape.join(",")}] takes ${wanted}; ${problem}`,
    );
  }
  return { shape, data: bytes.subarray(headerLength) };
}
