import { describe, expect, it } from "vitest";
import { entryOf } from "../../app/networks/entry.ts";
import { inBytes } from "../../app/networks/figures.ts";
import { Library } from "../../app/networks/library.ts";
import { type Network, newId } from "../../app/networks/network.ts";
import { browserShelf, memoryShelf } from "../../app/networks/shelf.ts";

function network(name: string, length = 4): Network {
  return {
    id: newId(),
    name,
    form: { kind: "zoo", model: "lenet5", options: {} },
    weights: new Uint8Array(length).fill(7),
    classes: ["a", "b"],
    normalization: { mean: [0.5], std: [0.5] },
    digits: false,
    origin: "a test",
  };
}

describe("a library of networks", () => {
  it("lists the newest first, and gives each back whole, also to the next visit", async () => {
    const shelf = memoryShelf();
    const library = new Library(shelf);
    const [first, second] = [network("first"), network("second")];
    const onnx: Network = {
      ...network("third"),
      form: { kind: "onnx", bytes: Uint8Array.of(1, 2, 3) },
      weights: new Uint8Array(),
    };
    for (const kept of [first, second, onnx]) await library.keep(kept);
    expect(library.networks.value.map(({ name, bytes }) => [name, bytes])).toEqual([
      ["third", 3],
      ["second", 4],
      ["first", 4],
    ]);
    const later = new Library(shelf);
    await later.ready;
    expect(new Set(later.networks.value)).toEqual(new Set(library.networks.value));
    for (const kept of [first, second, onnx]) expect(await later.load(kept.id)).toEqual(kept);
  });

  it("renames and forgets, and says so when what is asked for is gone", async () => {
    const shelf = memoryShelf();
    const library = new Library(shelf);
    const kept = network("old");
    await library.keep(kept);
    await library.rename(kept.id, " new ");
    await library.rename(kept.id, "  ");
    expect(library.networks.value[0]?.name).toBe("new");
    expect((await new Library(shelf).load(kept.id)).name).toBe("new");
    await library.forget(kept.id);
    expect(library.networks.value).toEqual([]);
    expect(await shelf.entries()).toEqual([]);
    await expect(library.load(kept.id)).rejects.toThrow(
      "This network is not kept here any more; import or train it again",
    );
  });

  it("keeps what has no room until the page is closed, and says how much room it takes", async () => {
    const library = new Library(memoryShelf(10_000));
    const large = network("large", 25_000);
    await library.keep(large);
    expect(await library.load(large.id)).toEqual(large);
    expect(library.notes.value).toEqual([
      "large is kept until this page is closed: the browser's storage has no room for its 25 KB; delete networks, or download this one",
    ]);
  });

  it("works where there is no IndexedDB, with a note", async () => {
    const library = new Library(browserShelf());
    const kept = network("brief");
    await library.keep(kept);
    await library.rename(kept.id, "short");
    expect((await library.load(kept.id)).name).toBe("short");
    await library.forget(kept.id);
    expect(library.networks.value).toEqual([]);
    expect(library.notes.value[0]).toBe(
      "This browser gives the page no storage: networks are kept until it is closed",
    );
  });

  it("leaves out entries that are none, with a note", async () => {
    const good = entryOf(network("good"), 1);
    const bad = [
      null,
      { ...good, classes: [] },
      { ...good, normalization: { mean: [0], std: [0] } },
      { ...good, form: { kind: "zoo", model: "nothing", options: {} } },
    ];
    const library = new Library({ ...memoryShelf(), entries: async () => [...bad, good] });
    await library.ready;
    expect(library.networks.value).toEqual([good]);
    expect(library.notes.value).toEqual([
      "4 networks of another version of this page could not be read and are left out",
    ]);
  });
});

it("sizes have three digits and a unit", () => {
  expect([0, 999, 999_700, 258_000, 1_234_567, 25_000_000].map(inBytes)).toEqual([
    "0 bytes",
    "999 bytes",
    "1 MB",
    "258 KB",
    "1.23 MB",
    "25 MB",
  ]);
});
