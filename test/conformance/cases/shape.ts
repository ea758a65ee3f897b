import { type ConformanceOf, polynomial } from "../case.ts";
import { bytes, integers, some } from "../operands.ts";

const noGradient = "only f32 has gradients";

export const shapeCases: ConformanceOf<"concat" | "gatherRows" | "pad" | "reshape" | "slice" | "transpose"> =
  {
    concat: {
      gradient: polynomial,
      exact: true,
      cases: [
        {
          name: "16 and 32 channels",
          inputs: [some(2, 16, 3, 5), some(2, 32, 3, 5)],
          attrs: { axis: 1 },
          flops: 0,
        },
        {
          name: "3, 5 and 17 channels",
          inputs: [some(2, 3, 4, 4), some(2, 5, 4, 4), some(2, 17, 4, 4)],
          attrs: { axis: 1 },
        },
        {
          name: "4 branches",
          inputs: [some(1, 8, 3, 3), some(1, 24, 3, 3), some(1, 4, 3, 3), some(1, 12, 3, 3)],
          attrs: { axis: 1 },
        },
        { name: "samples", inputs: [some(1, 5, 3, 3), some(3, 5, 3, 3)], attrs: { axis: 0 } },
        { name: "rows", inputs: [some(2, 16, 1, 3), some(2, 16, 2, 3)], attrs: { axis: 2 } },
        { name: "columns", inputs: [some(2, 5, 3, 1), some(2, 5, 3, 4)], attrs: { axis: 3 } },
        { name: "features", inputs: [some(3, 5), some(3, 16)], attrs: { axis: 1 } },
        { name: "vectors", inputs: [some(3), some(2)], attrs: { axis: 0 } },
        { name: "one operand", inputs: [some(2, 5, 3, 3)], attrs: { axis: 1 } },
        {
          name: "u8",
          inputs: [bytes(2, 1, 3, 3), bytes(2, 2, 3, 3)],
          attrs: { axis: 1 },
          gradientSkipped: noGradient,
        },
        { name: "i32", inputs: [integers(3), integers(4)], attrs: { axis: 0 }, gradientSkipped: noGradient },
      ],
    },
    slice: {
      gradient: polynomial,
      exact: true,
      cases: [
        {
          name: "channels 16 to 31",
          inputs: [some(2, 48, 3, 5)],
          attrs: { axis: 1, start: 16, size: 16 },
          flops: 0,
        },
        { name: "channels 3 to 9", inputs: [some(2, 17, 3, 5)], attrs: { axis: 1, start: 3, size: 7 } },
        {
          name: "channels 0 to 19 of 32",
          inputs: [some(1, 32, 2, 2)],
          attrs: { axis: 1, start: 0, size: 20 },
        },
        { name: "the last channel", inputs: [some(2, 16, 3, 3)], attrs: { axis: 1, start: 15, size: 1 } },
        { name: "samples", inputs: [some(4, 5, 3, 3)], attrs: { axis: 0, start: 1, size: 2 } },
        { name: "rows", inputs: [some(2, 16, 5, 3)], attrs: { axis: 2, start: 2, size: 2 } },
        { name: "columns", inputs: [some(2, 5, 3, 5)], attrs: { axis: 3, start: 1, size: 3 } },
        { name: "features", inputs: [some(3, 33)], attrs: { axis: 1, start: 16, size: 17 } },
        { name: "all", inputs: [some(2, 5, 3, 3)], attrs: { axis: 1, start: 0, size: 5 } },
        {
          name: "u8",
          inputs: [bytes(2, 3, 4, 4)],
          attrs: { axis: 1, start: 1, size: 1 },
          gradientSkipped: noGradient,
        },
        {
          name: "i32",
          inputs: [integers(9)],
          attrs: { axis: 0, start: 4, size: 5 },
          gradientSkipped: noGradient,
        },
      ],
    },
    pad: {
      gradient: polynomial,
      exact: true,
      cases: [
        {
          name: "rows and columns",
          inputs: [some(2, 16, 3, 5)],
          attrs: { before: [0, 0, 1, 2], after: [0, 0, 3, 0], value: 0 },
          flops: 0,
        },
        {
          name: "with a value",
          inputs: [some(1, 3, 4, 4)],
          attrs: { before: [0, 0, 1, 1], after: [0, 0, 1, 1], value: -1.5 },
        },
        {
          name: "channels in front and behind",
          inputs: [some(2, 5, 3, 3)],
          attrs: { before: [0, 3, 0, 0], after: [0, 8, 0, 0], value: 0 },
        },
        {
          name: "16 channels behind 16",
          inputs: [some(1, 16, 2, 2)],
          attrs: { before: [0, 16, 0, 0], after: [0, 0, 0, 0], value: 0 },
        },
        {
          name: "20 channels to 40 behind",
          inputs: [some(2, 20, 3, 3)],
          attrs: { before: [0, 0, 0, 0], after: [0, 20, 0, 0], value: 0 },
        },
        {
          name: "samples",
          inputs: [some(2, 5, 3, 3)],
          attrs: { before: [1, 0, 0, 0], after: [2, 0, 0, 0], value: 0 },
        },
        {
          name: "all axes",
          inputs: [some(1, 2, 3, 2)],
          attrs: { before: [1, 2, 0, 1], after: [0, 1, 2, 1], value: 9 },
        },
        { name: "by nothing", inputs: [some(2, 5)], attrs: { before: [0, 0], after: [0, 0], value: 1 } },
        { name: "features", inputs: [some(3, 33)], attrs: { before: [0, 2], after: [1, 0], value: 0 } },
        { name: "a vector", inputs: [some(5)], attrs: { before: [2], after: [1], value: 0 } },
        {
          name: "u8 pictures",
          inputs: [bytes(2, 1, 4, 4)],
          attrs: { before: [0, 0, 2, 2], after: [0, 0, 2, 2], value: 255 },
          gradientSkipped: noGradient,
        },
        {
          name: "i32",
          inputs: [integers(3)],
          attrs: { before: [1], after: [1], value: -7 },
          gradientSkipped: noGradient,
        },
      ],
    },
    reshape: {
      gradient: polynomial,
      exact: true,
      cases: [
        { name: "flattened, 16 channels", inputs: [some(2, 16, 3, 3)], attrs: { shape: [2, 144] }, flops: 0 },
        { name: "flattened, 5 channels", inputs: [some(2, 5, 3, 3)], attrs: { shape: [2, 45] } },
        { name: "back to maps", inputs: [some(2, 80)], attrs: { shape: [2, 20, 2, 2] } },
        { name: "another batch", inputs: [some(2, 16, 2, 2)], attrs: { shape: [4, 32] } },
        { name: "other channels", inputs: [some(2, 16, 2, 2)], attrs: { shape: [2, 32, 2, 1] } },
        { name: "a scalar", inputs: [some()], attrs: { shape: [1, 1] } },
        { name: "to a scalar", inputs: [some(1)], attrs: { shape: [] } },
        { name: "u8", inputs: [bytes(2, 3, 4, 4)], attrs: { shape: [2, 48] }, gradientSkipped: noGradient },
        { name: "i32", inputs: [integers(6)], attrs: { shape: [2, 3] }, gradientSkipped: noGradient },
      ],
    },
    gatherRows: {
      gradient: polynomial,
      exact: true,
      cases: [
        { name: "zeros between", inputs: [some(3, 4)], attrs: { rows: [2, -1, 0, -1, 1] }, flops: 0 },
        { name: "some rows only", inputs: [some(5, 33)], attrs: { rows: [4, 1] } },
        { name: "nothing but zeros", inputs: [some(2, 3)], attrs: { rows: [-1, -1, -1] } },
        { name: "filters", inputs: [some(4, 3, 2, 2)], attrs: { rows: [3, -1, 2, 0, 1] } },
        { name: "numbers", inputs: [some(4)], attrs: { rows: [-1, 3, 2, 1, 0] } },
      ],
    },
    transpose: {
      gradient: polynomial,
      exact: true,
      cases: [
        { name: "channels last", inputs: [some(2, 17, 3, 5)], attrs: { axes: [0, 2, 3, 1] }, flops: 0 },
        { name: "channels first", inputs: [some(2, 3, 5, 16)], attrs: { axes: [0, 3, 1, 2] } },
        { name: "a matrix", inputs: [some(7, 33)], attrs: { axes: [1, 0] } },
        { name: "five axes", inputs: [some(2, 4, 3, 2, 5)], attrs: { axes: [0, 2, 1, 4, 3] } },
        { name: "as it was", inputs: [some(2, 3, 4)], attrs: { axes: [0, 1, 2] } },
        { name: "a scalar", inputs: [some()], attrs: { axes: [] } },
      ],
    },
  };
