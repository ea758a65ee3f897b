import type { Features } from "./features.ts";

// Imported when asked for, so that a page loads the one variant it can run.
const variants = {
  simd: () => import("./binaries/simd.ts"),
  relaxed: () => import("./binaries/relaxed.ts"),
  simdShared: () => import("./binaries/simdShared.ts"),
  relaxedShared: () => import("./binaries/relaxedShared.ts"),
};

/** The kernels' module for these features. */
export async function loadModule({ relaxed, threads }: Features): Promise<WebAssembly.Module> {
  const shared = threads ? "simdShared" : "simd";
  const fused = threads ? "relaxedShared" : "relaxed";
  const { default: base64 } = await variants[relaxed ? fused : shared]();
  return WebAssembly.compile(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
}
