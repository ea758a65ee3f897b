import { describe, expect, it } from "vitest";
import { asImage, asPixels, type Pixels } from "../../app/pictures/asImage.ts";

/** A picture whose pixels are `[red, green, blue, opacity]` by row and column. */
function picture(
  height: number,
  width: number,
  at: (row: number, column: number) => readonly [number, number, number, number?],
): Pixels {
  const data = new Uint8ClampedArray(4 * height * width);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [red, green, blue, opacity = 255] = at(row, column);
      data.set([red, green, blue, opacity], 4 * (row * width + column));
    }
  return { data, height, width };
}

/** A grey picture: a rectangle of `ink` on `paper`. */
function mark(box: readonly [number, number, number, number], ink = 255, paper = 0, side = 280): Pixels {
  const [top, left, height, width] = box;
  return picture(side, side, (row, column) => {
    const inside = row >= top && row < top + height && column >= left && column < left + width;
    const level = inside ? ink : paper;
    return [level, level, level];
  });
}

function rowsOf({ data, width }: { readonly data: Uint8Array; readonly width: number }) {
  return Array.from({ length: data.length / width }, (_, row) => [
    ...data.subarray(row * width, (row + 1) * width),
  ]);
}

describe("a picture for a network", () => {
  it("has the form that is asked for, channel behind channel", () => {
    const image = asImage(
      picture(2, 2, () => [10, 20, 30]),
      { channels: 3, height: 2, width: 2 },
    );
    expect(image).toEqual({
      channels: 3,
      height: 2,
      width: 2,
      data: Uint8Array.of(10, 10, 10, 10, 20, 20, 20, 20, 30, 30, 30, 30),
    });
  });

  it("covers the form and is cut about its middle", () => {
    // Three squares beside each other; only the middle one remains.
    const wide = picture(10, 30, (_, column) => [Math.floor(column / 10) * 100, 0, 0]);
    const image = asImage(wide, { channels: 3, height: 10, width: 10 });
    expect([...new Set(image.data.subarray(0, 100))]).toEqual([100]);
  });

  it("is cut to forms that are no squares", () => {
    const tall = picture(40, 10, (row) => [row, row, row]);
    expect(asImage(tall, { channels: 1, height: 10, width: 20 })).toMatchObject({ height: 10, width: 20 });
  });

  it("is grey by the weights of ITU-R 601", () => {
    const image = asImage(
      picture(1, 3, (_, column) => [column === 0 ? 255 : 0, column === 1 ? 255 : 0, column === 2 ? 255 : 0]),
      { channels: 1, height: 1, width: 3 },
    );
    expect([...image.data]).toEqual([76, 150, 29]);
  });

  it("lies on white where it is transparent", () => {
    const image = asImage(
      picture(1, 1, () => [0, 0, 0, 0]),
      { channels: 1, height: 1, width: 1 },
    );
    expect([...image.data]).toEqual([255]);
  });

  it("comes back as pixels to draw", () => {
    const grey = { data: Uint8Array.of(7, 9), channels: 1, height: 1, width: 2 };
    expect([...asPixels(grey).data]).toEqual([7, 7, 7, 255, 9, 9, 9, 255]);
  });
});

describe("a digit for a network that knows MNIST", () => {
  const form = { channels: 1, height: 28, width: 28 };
  const digit = (drawn: Pixels) => asImage(drawn, form, { digits: true });

  it("fills 20 pixels of 28 with its longer side, whatever its size", () => {
    const heights = [mark([40, 100, 200, 60]), mark([100, 100, 50, 15])].map(
      (drawn) => rowsOf(digit(drawn)).filter((row) => row.some((value) => value > 0)).length,
    );
    expect(heights).toEqual([20, 20]);
  });

  it("lies with its centre of mass in the middle, wherever it was drawn", () => {
    const corner = digit(mark([0, 0, 100, 100]));
    expect(corner).toEqual(digit(mark([150, 180, 100, 100])));
    const columns = rowsOf(corner)[14]?.flatMap((value, column) => (value > 0 ? [column] : []));
    expect([columns?.at(0), columns?.at(-1)]).toEqual([4, 23]);
  });

  it("never leaves the picture, though its mass lies at one end", () => {
    // A broad foot with a thin pole.
    const foot = picture(280, 280, (row, column) => {
      const ink =
        (row > 200 && row < 260 && column > 80 && column < 200) ||
        (column > 138 && column < 142 && row > 20 && row < 260);
      return ink ? [255, 255, 255] : [0, 0, 0];
    });
    const total = rowsOf(digit(foot)).filter((row) => row.some((value) => value > 0)).length;
    expect(total).toBe(20);
  });

  it("is white on black, though it was dark ink on light paper", () => {
    expect(digit(mark([40, 100, 200, 60], 40, 200))).toEqual(digit(mark([40, 100, 200, 60])));
  });

  it("stays as it is where it has that form already", () => {
    const ready = picture(28, 28, (row, column) => {
      const level = row > 5 && row < 22 && column > 10 && column < 14 ? 90 + row : 0;
      return [level, level, level];
    });
    expect([...digit(ready).data]).toEqual([...ready.data.filter((_, at) => at % 4 === 0)]);
  });

  it("is black where nothing was drawn", () => {
    expect(Math.max(...digit(mark([0, 0, 0, 0], 255, 180)).data)).toBe(0);
  });

  it("is the same in every channel of a network that reads colours", () => {
    const { data } = asImage(mark([40, 100, 200, 60]), { ...form, channels: 3 }, { digits: true });
    expect(data.subarray(0, 784)).toEqual(data.subarray(1568));
  });
});
