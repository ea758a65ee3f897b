import { expect, it } from "vitest";
import { allocate, dtypeOf, f32, formatType, sameType, size } from "../../src/ir/type.ts";

it("a scalar has one element, a shape with a 0 has none", () => {
  expect([size([]), size([2, 3]), size([2, 0])]).toEqual([1, 6, 0]);
});

it("types are the same when element type, rank and extents are", () => {
  expect(sameType(f32(2, 3), f32(2, 3))).toBe(true);
  expect(sameType(f32(2, 3), f32(3, 2))).toBe(false);
  expect(sameType(f32(2, 3), f32(2, 3, 1))).toBe(false);
  expect(sameType(f32(2), { dtype: "i32", shape: [2] })).toBe(false);
});

it("arrays of each element type are zeroed and tell it", () => {
  for (const dtype of ["f32", "u8", "i32"] as const) {
    const array = allocate({ dtype, shape: [2, 2] });
    expect([...array]).toEqual([0, 0, 0, 0]);
    expect(dtypeOf(array)).toBe(dtype);
    expect(formatType({ dtype, shape: [2, 2] })).toBe(`${dtype}[2,2]`);
  }
});
