/** What a host's WebAssembly can do beside plain SIMD. */
export interface Features {
  readonly simd: boolean;
  readonly relaxed: boolean;
  /** Memory that workers share. Browsers have it on pages that are cross-origin isolated. */
  readonly threads: boolean;
}

/** Asks the host by tiny modules that are valid only where a feature is there. */
export function detectFeatures(): Features {
  return {
    simd: validates(bodyOf(0x41, 0, 0xfd, 0x0f, 0xfd, 0x62, 0x1a)),
    // f32x4.relaxed_madd of three constants.
    relaxed: validates(bodyOf(...[0, 0, 0].flatMap(() => [0x41, 0, 0xfd, 0x0f]), 0xfd, 0x85, 0x02, 0x1a)),
    threads: typeof SharedArrayBuffer === "function" && validates(sharedMemory),
  };
}

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A module with a memory of one page that may be shared. */
const sharedMemory = [...header, 5, 4, 1, 3, 1, 1];

/** A module with one function, `() -> ()`, of these instructions. */
function bodyOf(...instructions: readonly number[]): readonly number[] {
  const code = [0, ...instructions, 0x0b];
  return [
    ...header,
    ...[1, 4, 1, 0x60, 0, 0],
    ...[3, 2, 1, 0],
    ...[10, code.length + 2, 1, code.length, ...code],
  ];
}

function validates(bytes: readonly number[]): boolean {
  return WebAssembly.validate(Uint8Array.from(bytes));
}
