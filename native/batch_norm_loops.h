// The loops of batch normalisation over one stretch of memory: `rows` times `block` channels (1 when plain).
#pragma once

#include <cstdint>

namespace convnets {

/// Channels that lie side by side, at most.
constexpr int64_t lanes = 16;

/// How ReLU's gradient tells which elements passed.
enum class Passed {
  all,       // there is no ReLU
  computed,  // those whose normalised value, computed again from x, is positive
  kept,      // those whose result is positive: a residual was added, so x does not tell
};

/// Of the channels of one block: how many elements, their mean, and the sum of their squared distances to it.
struct Moments {
  double count = 0;
  double mean[lanes] = {};
  double squares[lanes] = {};

  void merge(const Moments& other);
};

/// The sums that the gradients are made of: of dy, and of dy (x - mean).
struct GradientSums {
  double dy[lanes] = {};
  double product[lanes] = {};

  void merge(const GradientSums& other);
};

/// y = (x - mean) scale + shift, a number of each a channel.
struct Line {
  float mean[lanes] = {};
  float scale[lanes] = {};
  float shift[lanes] = {};
};

/// dx = dy scale + (x - mean) slope + shift.
struct GradientLine {
  float scale[lanes] = {};
  float slope[lanes] = {};
  float shift[lanes] = {};
};

void add_moments(const float* x, int64_t rows, int64_t block, Moments& moments);

/// `residual` may be null. x and y may be the same.
void normalize(const float* x, const float* residual, float* y, int64_t rows, int64_t block, const Line& line,
               bool relu);

/// Where `passed` is `kept`: `y` is the result and `passing` takes dy where it passed; else both are null.
void add_gradient_sums(const float* x, const float* dy, const float* y, float* passing, int64_t rows,
                       int64_t block, const Line& line, Passed passed, GradientSums& sums);

/// dx may be x or dy. `passed` is not `kept`: then dy has become `passing`.
void normalize_gradient(const float* x, const float* dy, float* dx, int64_t rows, int64_t block,
                        const Line& line, Passed passed, const GradientLine& gradient);

}  // namespace convnets
