/** What pictures, folders and archives may be, so that no file can take the page down. */
export const limits: {
  readonly fileBytes: number;
  readonly pixels: number;
  readonly side: number;
  readonly files: number;
  readonly unpackedBytes: number;
} = {
  /** Of a picture's file, packed or not. */
  fileBytes: 50 * 2 ** 20,
  /** Width times height: 50 megapixels are 200 MB once decoded. */
  pixels: 50e6,
  side: 16_384,
  /** Of a folder or an archive. */
  files: 20_000,
  /** Of all that an archive holds. */
  unpackedBytes: 2 * 2 ** 30,
};

/** 1536 -> "1.5 KB". */
export function bytesText(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB"];
  const power = bytes < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value.toLocaleString("en", { maximumFractionDigits: value < 10 && power > 0 ? 1 : 0 })} ${units[power]}`;
}
