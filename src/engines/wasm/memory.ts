import { ConvnetsError } from "../../ir/errors.ts";
import { planMemory } from "../../passes/memory.ts";

/** Byte addresses of the words by which threads meet and fail. kernels/control.ts has the same. */
export const control = { generation: 64, abort: 192, failure: 256, end: 512 } as const;

/** What 32-bit addresses reach. */
const limit = 2 ** 32;
const pageBytes = 2 ** 16;
const alignment = 64;

/** A piece of a program's memory, from a multiple of 64 bytes to another. The plan gives it its address. */
export class Place {
  readonly bytes: number;
  /** Its contents follow from states that no update changes. */
  readonly constant: boolean;
  /** Outlasts a run: it shares its memory with nothing. */
  resident: boolean;
  /** What it holds from the start. */
  readonly data: Uint8Array | undefined;
  /** The first and the last step that touches it. */
  first = -1;
  last = -1;
  address = 0;

  constructor(
    bytes: number,
    { constant = false, resident = false, data }: Partial<Pick<Place, "constant" | "resident" | "data">> = {},
  ) {
    this.bytes = bytes;
    this.constant = constant;
    this.resident = resident;
    this.data = data;
  }
}

export interface MemoryLayout {
  readonly arena: number;
  readonly resident: number;
  readonly pages: number;
}

/** Gives every place its address: what is resident behind the first `reserved` bytes, then the arena. */
export function layOut(places: readonly Place[], reserved: number): MemoryLayout {
  let end = aligned(reserved);
  for (const place of places) {
    if (!place.resident) continue;
    place.address = end;
    end += aligned(place.bytes);
  }
  const shared = places.filter(({ resident, first }) => !resident && first >= 0);
  const plan = planMemory(shared, alignment);
  shared.forEach((place, index) => {
    place.address = end + (plan.offsets[index] ?? 0);
  });
  // A vector may be read beyond the last element.
  return { arena: plan.bytes, resident: end, pages: pagesFor(end + plan.bytes + alignment) };
}

/** The pages that hold so many bytes. Throws `ConvnetsError` when no 32-bit address reaches the last. */
export function pagesFor(bytes: number): number {
  if (bytes > limit)
    throw new ConvnetsError(
      `the program needs ${gibibytes(bytes)} GiB, and WebAssembly's 32-bit addresses reach 4 GiB; use smaller batches or pictures`,
    );
  return Math.ceil(bytes / pageBytes);
}

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
