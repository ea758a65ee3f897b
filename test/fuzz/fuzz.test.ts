import { expect, test } from "vitest";
import { ConvnetsError } from "../../src/ir/errors.ts";
import { streamKey, streamOf } from "../../src/ir/random.ts";
import { mutate } from "./mutate.ts";
import { targets } from "./targets.ts";

// `npm run fuzz` makes 31,500 files; by default it is a few hundred a format.
const files = Number(process.env.CONVNETS_FUZZ ?? 200);
const mostMs = 2000;
/** What may be allocated beside a few times the file: what engines and decoders hold anyway. */
const slackBytes = 2 ** 27;

test.each(targets)(
  "$name: changed files parse or give a typed error, in bounded time and memory",
  async ({ name, seeds, parse, mend }) => {
    const key = streamKey(1, streamOf(name));
    // Whole files are read, or nothing would be tried behind the first check.
    for (const seed of seeds) await parse(seed);
    for (let index = 0; index < files; index++) {
      const changed = mutate(seeds[index % seeds.length] ?? new Uint8Array(), key + index);
      // Of each seed every second file.
      const bytes = Math.floor(index / seeds.length) % 2 === 1 && mend ? mend(changed) : changed;
      const before = process.memoryUsage().arrayBuffers;
      const start = performance.now();
      try {
        await parse(bytes);
      } catch (error) {
        if (!(error instanceof ConvnetsError)) throw new Error(`file ${index}`, { cause: error });
      }
      expect(performance.now() - start, `file ${index}: milliseconds`).toBeLessThan(mostMs);
      const grown = process.memoryUsage().arrayBuffers - before;
      expect(grown, `file ${index}: bytes`).toBeLessThan(8 * bytes.length + slackBytes);
    }
  },
  600_000,
);
