import { expect, it } from "vitest";
import { eventFileStart, scalarEvent } from "../../src/train/eventFile.ts";

// scripts/interop/readEvents.py reads whole files with Google's protobuf; these bytes it has read.

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

it("a file begins with its version, in a record with checksums", () => {
  expect(hex(eventFileStart(1.5))).toBe(
    "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c",
  );
});

it("an event has numbers by their tags, as floats", () => {
  expect(hex(scalarEvent(1.5, 300, { "train/loss": 0.25 }))).toBe(
    "2100000000000000017becf609000000000000f83f10ac022a130a110a0a747261696e2f6c6f7373150000803e6557981f",
  );
});
