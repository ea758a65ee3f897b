/** Width and height that a picture's file says it has, read before anything is decoded; undefined for other formats. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** Of PNG, GIF, BMP, WebP and JPEG, by their first bytes. */
export function dimensionsOf(bytes: Uint8Array): Dimensions | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (at: number, length: number) => String.fromCharCode(...bytes.subarray(at, at + length));
  try {
    if (text(1, 3) === "PNG") return { width: view.getUint32(16), height: view.getUint32(20) };
    if (text(0, 3) === "GIF") return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    if (text(0, 2) === "BM")
      return { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
    if (text(0, 4) === "RIFF" && text(8, 4) === "WEBP") return webp(view, text(12, 4));
    if (view.getUint16(0) === 0xffd8) return jpeg(view);
  } catch (error) {
    // A file that ends within its header is broken; decoding says so.
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

function webp(view: DataView, kind: string): Dimensions | undefined {
  if (kind === "VP8 ")
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (kind === "VP8L") {
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  if (kind !== "VP8X") return undefined;
  const wide = (at: number) => 1 + view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
  return { width: wide(24), height: wide(27) };
}

/** Segments follow each other by their lengths; that of a frame (SOF0 to SOF15, but for DHT, JPG and DAC) has the size. */
function jpeg(view: DataView): Dimensions | undefined {
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    // Fill bytes, and markers that stand alone.
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
