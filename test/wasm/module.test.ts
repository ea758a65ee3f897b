import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadWasm } from "../../src/engines/wasm/engine.ts";
import { detectFeatures } from "../../src/engines/wasm/features.ts";
import { control, layOut, Place, pagesFor } from "../../src/engines/wasm/memory.ts";
import { loadModule } from "../../src/engines/wasm/module.ts";

const root = join(import.meta.dirname, "..", "..");

it("the kernels compile to the same bytes every time, which are those of the generated module", async () => {
  // A script without types, which vitest runs as it is.
  const { compile }: { compile(variant: string): Promise<Uint8Array> } = await import(
    join(root, "scripts", "kernels.js")
  );
  const [first, second] = [await compile("simd"), await compile("simd")];
  expect(Buffer.from(second).equals(Buffer.from(first))).toBe(true);
  const generated = readFileSync(join(root, "src/engines/wasm/binaries/simd.ts"), "utf8");
  expect(generated).toContain(Buffer.from(first).toString("base64"));
}, 120_000);

it("the module needs nothing but a memory", async () => {
  const module = await loadModule({ simd: true, relaxed: false, threads: false });
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
});

it("kernels and engine agree on where threads meet", () => {
  const text = readFileSync(join(root, "kernels", "control.ts"), "utf8");
  const addressOf = (name: string) => Number(text.match(new RegExp(`const ${name}: usize = (\\d+)`))?.[1]);
  expect(["GENERATION", "ABORT", "FAILURE"].map(addressOf)).toEqual([
    control.generation,
    control.abort,
    control.failure,
  ]);
});

it("more than 4 GiB is refused, and the size told", () => {
  expect(pagesFor(2 ** 32)).toBe(65536);
  expect(() => pagesFor(5.25 * 2 ** 30)).toThrow(
    "the program needs 5.3 GiB, and WebAssembly's 32-bit addresses reach 4 GiB; use smaller batches or pictures",
  );
});

it("places begin at multiples of 64 bytes, and the arena behind what is resident", () => {
  const touched = (bytes: number, resident: boolean, first: number, last: number) =>
    Object.assign(new Place(bytes, { resident }), { first, last });
  const places = [
    touched(100, false, 0, 1),
    touched(10, true, 0, 3),
    touched(100, false, 1, 2),
    touched(50, false, 2, 3),
  ];
  const { resident, arena, pages } = layOut(places, 513);
  expect(places.map(({ address }) => address)).toEqual([640, 576, 768, 640]);
  expect({ resident, arena, pages }).toEqual({ resident: 640, arena: 256, pages: 1 });
});

it("tells what it runs on", async () => {
  const lanes = detectFeatures().relaxed ? "relaxed SIMD" : "SIMD";
  expect((await loadWasm({ threads: 1 })).description).toBe(`WebAssembly, 128-bit ${lanes}, 1 thread`);
  expect((await loadWasm({ threads: 2, relaxed: false })).description).toBe(
    "WebAssembly, 128-bit SIMD, 2 threads, shared memory",
  );
  expect((await loadWasm({ threads: 1 })).peak()).toBeGreaterThan(1);
  await expect(loadWasm({ threads: 0 })).rejects.toThrow("threads must be a whole number from 1 up, not 0");
});
