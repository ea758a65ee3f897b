import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { beta } from "../../src/transforms/beta.ts";
import { cutmix, drawCut } from "../../src/transforms/cutmix.ts";
import { createMix, type MixedBatch, mixRandom } from "../../src/transforms/mix.ts";
import { mixup } from "../../src/transforms/mixup.ts";
import { picture } from "./pictures.ts";

const shape = [2, 3, 5] as const;
const stride = 30;

/** Pictures of classes 0, 1, 2, ... */
function batchOf(pictures: number): MixedBatch {
  return {
    images: picture("noise", pictures * 2, 3, 5).data,
    shape,
    labels: Int32Array.from({ length: pictures }, (_, i) => i),
    targets: new Float32Array(pictures * pictures),
  };
}

describe("the beta distribution", () => {
  it.each([0.2, 1, 3])("with both parameters %d has its mean and its variance", (alpha) => {
    const random = mixRandom(1, 0, 0);
    const drawn = Array.from({ length: 20000 }, () => beta(random, alpha));
    const mean = drawn.reduce((a, b) => a + b) / drawn.length;
    const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length;
    // Five standard deviations of a mean of 20,000 are at most 0.018.
    expect(mean).toBeCloseTo(0.5, 1.7);
    expect(Math.abs(variance - 1 / (4 * (2 * alpha + 1)))).toBeLessThan(0.006);
  });

  it("gives numbers from 0 to 1 for any parameter", () => {
    const alphas = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(alphas, fc.nat(), (alpha, index) => {
        const x = beta(mixRandom(1, 0, index), alpha);
        expect(x >= 0 && x <= 1).toBe(true);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe.each([4, 5])("of %d pictures", (pictures) => {
  it("mixup makes share of the picture and the rest of its partner, the first with the last", () => {
    const { images } = batchOf(pictures);
    const before = images.slice();
    mixup(images, pictures, 0.3);
    for (let i = 0; i < images.length; i++) {
      const partner = (pictures - 1 - Math.floor(i / stride)) * stride + (i % stride);
      expect(Math.abs((images[i] ?? 0) - 0.3 * (before[i] ?? 0) - 0.7 * (before[partner] ?? 0))).toBeLessThan(
        0.5001,
      );
    }
  });

  it("cutmix exchanges the box with the partner, and nothing else", () => {
    const { images } = batchOf(pictures);
    const before = images.slice();
    cutmix(images, pictures, shape, { top: 1, left: 2, height: 2, width: 2 });
    for (let i = 0; i < images.length; i++) {
      const [row, column] = [Math.floor(i / 5) % 3, i % 5];
      const inside = row >= 1 && column >= 2 && column < 4;
      const partner = (pictures - 1 - Math.floor(i / stride)) * stride + (i % stride);
      expect(images[i]).toBe(before[inside ? partner : i]);
    }
  });
});

it("a cut is about any pixel, of the part's area away from the border, and inside the picture", () => {
  const side = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(side, side, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (h, w, part, index) => {
      const { top, left, height, width } = drawCut(mixRandom(1, 0, index), h, w, part);
      expect(Math.min(top, left, height, width)).toBeGreaterThanOrEqual(0);
      expect(top + height).toBeLessThanOrEqual(h);
      expect(left + width).toBeLessThanOrEqual(w);
      expect(height).toBeLessThanOrEqual(Math.sqrt(part) * h);
      if (top > 0 && top + height < h) expect(height).toBe(2 * Math.trunc((Math.sqrt(part) * h) / 2));
    }),
    { seed: 2, numRuns: 500 },
  );
});

describe("a mixed batch", () => {
  it("has targets that say what its pictures are made of: with cutmix, to the pixel", () => {
    for (let index = 0; index < 40; index++) {
      // A picture has all pixels of its own value.
      const images = Uint8Array.from({ length: 6 * stride }, (_, i) => Math.floor(i / stride));
      const batch = { ...batchOf(6), images };
      createMix({ cutmix: 1 })(batch, mixRandom(3, 0, index));
      for (let slot = 0; slot < 6; slot++)
        for (let label = 0; label < 6; label++) {
          const pixels = images
            .subarray(slot * stride, (slot + 1) * stride)
            .filter((pixel) => pixel === label);
          expect(batch.targets[slot * 6 + label]).toBeCloseTo(pixels.length / stride, 6);
        }
    }
  });

  it("has targets that sum to 1 and labels of the larger share, whatever way it is mixed", () => {
    const mix = createMix({ mixup: 0.4, cutmix: 1, p: 0.8 });
    for (let index = 0; index < 40; index++) {
      const batch = batchOf(5);
      mix(batch, mixRandom(3, 0, index));
      for (let slot = 0; slot < 5; slot++) {
        const row = [...batch.targets.subarray(slot * 5, (slot + 1) * 5)];
        expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
        expect(row[batch.labels[slot] ?? 0]).toBe(Math.max(...row));
      }
    }
  });

  it("is mixed with probability p, half of these times by each way", () => {
    const mix = createMix({ mixup: 1, cutmix: 1, p: 0.6 });
    const seen = { none: 0, mixup: 0, cutmix: 0 };
    for (let index = 0; index < 2000; index++) {
      const images = Uint8Array.from({ length: 2 * 768 }, (_, i) => (i < 768 ? 0 : 255));
      const batch = {
        images,
        shape: [3, 16, 16],
        labels: Int32Array.of(0, 1),
        targets: new Float32Array(4),
      } as const;
      mix(batch, mixRandom(4, 0, index));
      const own = batch.targets[0] ?? 0;
      if (images.some((pixel) => pixel > 0 && pixel < 255)) seen.mixup++;
      else if (own === 1) seen.none++;
      else seen.cutmix++;
    }
    // A cut of less than two pixels a side is none: about 1 in 64 of 600. Five standard deviations are 110.
    expect(Math.abs(seen.none - 800)).toBeLessThan(125);
    expect(Math.abs(seen.mixup - 600)).toBeLessThan(110);
    expect(Math.abs(seen.cutmix - 600)).toBeLessThan(125);
  });
});

it("options and labels that are wrong are refused, with what was expected", () => {
  expect(() => createMix({ mixup: 0 })).toThrow(
    new UsageError("mix: `mixup` is 0, expected a number above 0, or none"),
  );
  expect(() => createMix({ cutmix: 1, p: 2 })).toThrow(
    new UsageError("mix: `p` is 2, expected a number from 0 to 1"),
  );
  const batch = { ...batchOf(2), labels: Int32Array.of(0, 2) };
  expect(() => createMix({ mixup: 1 })(batch, mixRandom(1, 0, 0))).toThrow(
    new UsageError("mix: a label is 2, expected a class from 0 to 1"),
  );
});
