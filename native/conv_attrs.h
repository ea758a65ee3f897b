#pragma once

#include "lowering.h"

namespace convnets {

/// The flat form of a convolution's attributes: stride 2, padding 4 (top, left, bottom, right), dilation 2,
/// groups.
struct ConvAttrs {
  ConvGeometry geometry;
  int64_t groups;

  explicit ConvAttrs(const Lowering& at) : groups(at.integer(8)) {
    geometry.stride = at.integers(0, 2);
    geometry.padding_before = at.integers(2, 2);
    geometry.padding_after = at.integers(4, 2);
    geometry.dilation = {at.integer(6) - 1, at.integer(7) - 1};  // oneDNN counts the gaps
  }
};

/// What a convolution does with its sums before it stores them.
struct Epilogue {
  bool bias = false;
  bool add = false;  // a residual
  bool relu = false;
};

}  // namespace convnets
