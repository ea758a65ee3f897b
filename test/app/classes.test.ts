import { describe, expect, it } from "vitest";
import {
  type Classes,
  countOf,
  heldOut,
  isClasses,
  mostClasses,
  obstacle,
  renamed,
  withClass,
  withNamed,
  withoutClass,
  withoutPicture,
  withPictures,
} from "../../app/pictures/classes.ts";
import { datasetOf, normalizationOf } from "../../app/pictures/dataSet.ts";

const file = new Blob(["x"]);
const names = (classes: Classes) => classes.map(({ name }) => name);

describe("classes of pictures", () => {
  it("get names that no other has", () => {
    expect(names(withClass(withClass(withClass(withClass([])), "cats"), "cats"))).toEqual([
      "Class 1",
      "Class 2",
      "cats",
      "cats 2",
    ]);
  });

  it("gather the pictures of folders of one name, whatever invisible characters are in it", () => {
    const once = withNamed([], "cats", [file]) ?? [];
    const twice = withNamed(once, "ca\u200bts", [file, file]) ?? [];
    expect(names(twice)).toEqual(["cats"]);
    expect(countOf(twice)).toBe(3);
  });

  it("are no more than can be told apart by a byte", () => {
    let classes: Classes = [];
    for (let index = 0; index < mostClasses; index++) classes = withClass(classes, `${index}`);
    expect(withClass(classes)).toHaveLength(mostClasses);
    expect(withNamed(classes, "one more", [file])).toBeUndefined();
    expect(withNamed(classes, "7", [file])).toHaveLength(mostClasses);
  });

  it("are renamed and removed, and so are their pictures", () => {
    const [cats, dogs] = withClass(withClass([], "cats"), "dogs");
    if (!cats || !dogs) throw new Error("there are two");
    const filled = withPictures([cats, dogs], dogs.id, [file, file]);
    const [, { pictures: [first] = [] } = {}] = filled;
    expect(countOf(withoutPicture(filled, dogs.id, first?.id ?? ""))).toBe(1);
    expect(names(renamed(filled, cats.id, "lions"))).toEqual(["lions", "dogs"]);
    expect(names(withoutClass(filled, cats.id))).toEqual(["dogs"]);
  });

  it("of another version of the page are told from these", () => {
    const kept = withNamed([], "cats", [file]) ?? [];
    expect(isClasses(kept)).toBe(true);
    expect(isClasses([])).toBe(true);
    for (const other of [undefined, "cats", [{}], [{ id: "1", name: "cats", pictures: [{ id: "2" }] }]])
      expect(isClasses(other)).toBe(false);
  });

  it("say what they lack for a training", () => {
    const cats = withNamed([], "cats", [file, file]) ?? [];
    expect(obstacle(cats)).toBe("A network tells classes apart: it takes two or more.");
    const both = withNamed(cats, "dogs", [file]) ?? [];
    expect(obstacle(both)).toBe(
      "dogs has one picture, expected two or more: one to learn from, one to test with.",
    );
    const ready = withNamed(both, "dogs", [file]) ?? [];
    expect(obstacle(ready)).toBeUndefined();
    expect(obstacle(renamed(ready, ready[1]?.id ?? "", "cats"))).toBe("Two classes are called cats.");
  });
});

describe("pictures held out", () => {
  it("are the share that was asked for, spread over all", () => {
    expect(heldOut(10, 0.2)).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 1].map(Boolean));
  });

  it("leave at least one on either side where there are two", () => {
    for (const share of [0.01, 0.5, 0.99]) expect(heldOut(2, share).filter(Boolean)).toHaveLength(1);
    expect(heldOut(1, 0.5)).toEqual([false]);
    expect(heldOut(0, 0.5)).toEqual([]);
  });
});

describe("a data set of pictures", () => {
  const image = (level: number) => ({
    data: new Uint8Array(8).fill(level),
    channels: 2,
    height: 2,
    width: 2,
  });

  it("holds images and labels one behind the other", () => {
    const set = datasetOf(
      "own",
      [
        { image: image(1), label: 1 },
        { image: image(2), label: 0 },
      ],
      image(0),
      ["a", "b"],
      { mean: [0], std: [1] },
    );
    expect(set).toMatchObject({ shape: [2, 2, 2], classes: ["a", "b"], labels: Uint8Array.of(1, 0) });
    expect([...set.images]).toEqual([...new Array(8).fill(1), ...new Array(8).fill(2)]);
  });

  it("is normalised by its own mean and deviation, channel by channel", () => {
    const { mean, std } = normalizationOf([image(0), image(255)]);
    expect(mean).toEqual([0.5, 0.5]);
    expect(std[0]).toBeCloseTo(0.5);
  });

  it("never divides by nothing", () => {
    expect(normalizationOf([image(9)]).std[0]).toBeCloseTo(1 / 255);
    expect(normalizationOf([])).toEqual({ mean: [0], std: [1 / 255] });
  });
});
