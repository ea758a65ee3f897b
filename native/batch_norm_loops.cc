#include "batch_norm_loops.h"

#include <algorithm>

#include "parallel.h"

// A loop is written once, for a fixed number of channels, and compiled into each of the vectorised functions.
#define INLINED inline __attribute__((always_inline))

namespace convnets {

namespace {

/// Rows that stay in the first cache between two walks over them, and whose sums are exact enough as floats.
constexpr int64_t piece_rows(int64_t block) { return 4096 / block; }

/// Partial sums, so that an addition need not wait for the one before it.
constexpr int ways = 4;

template <int B>
struct Partial {
  float sums[ways][B] = {};

  INLINED float total(int channel) const {
    float sum = 0;
    for (int way = 0; way < ways; way++) sum += sums[way][channel];
    return sum;
  }
};

/// Calls `visit(way, channel, index)` for rows of B elements.
template <int B, typename Visit>
INLINED void each(int64_t rows, const Visit& visit) {
  int64_t row = 0;
  for (; row + ways <= rows; row += ways)
    for (int way = 0; way < ways; way++)
      for (int c = 0; c < B; c++) visit(way, c, (row + way) * B + c);
  for (; row < rows; row++)
    for (int c = 0; c < B; c++) visit(0, c, row * B + c);
}

template <int B>
INLINED void moments_of(const float* x, int64_t rows, Moments& moments) {
  for (int64_t begin = 0; begin < rows; begin += piece_rows(B)) {
    const int64_t count = std::min(piece_rows(B), rows - begin);
    const float* piece = x + begin * B;
    Moments own;
    own.count = static_cast<double>(count);
    float mean[B];
    Partial<B> first;
    each<B>(count, [&](int way, int c, int64_t i) { first.sums[way][c] += piece[i]; });
    for (int c = 0; c < B; c++) own.mean[c] = mean[c] = first.total(c) / static_cast<float>(count);
    Partial<B> second;
    each<B>(count, [&](int way, int c, int64_t i) {
      const float d = piece[i] - mean[c];
      second.sums[way][c] += d * d;
    });
    for (int c = 0; c < B; c++) own.squares[c] = second.total(c);
    moments.merge(own);
  }
}

INLINED float rectified(float z) { return z > 0 ? z : (z != z ? z : 0); }  // NaN stays NaN

template <int B>
INLINED void lines(const float* x, const float* residual, float* y, int64_t rows, const Line& line,
                   bool relu) {
  float mean[B], scale[B], shift[B];
  std::copy(line.mean, line.mean + B, mean);
  std::copy(line.scale, line.scale + B, scale);
  std::copy(line.shift, line.shift + B, shift);
  const int64_t n = rows * B;
  if (residual != nullptr) {
    for (int64_t i = 0; i < n; i += B)
      for (int c = 0; c < B; c++)
        y[i + c] = rectified((x[i + c] - mean[c]) * scale[c] + shift[c] + residual[i + c]);
  } else if (relu) {
    for (int64_t i = 0; i < n; i += B)
      for (int c = 0; c < B; c++) y[i + c] = rectified((x[i + c] - mean[c]) * scale[c] + shift[c]);
  } else {
    for (int64_t i = 0; i < n; i += B)
      for (int c = 0; c < B; c++) y[i + c] = (x[i + c] - mean[c]) * scale[c] + shift[c];
  }
}

template <int B>
INLINED void sums_of(const float* x, const float* dy, const float* y, float* passing, int64_t rows,
                     const Line& line, Passed passed, GradientSums& sums) {
  float mean[B], scale[B], shift[B];
  std::copy(line.mean, line.mean + B, mean);
  std::copy(line.scale, line.scale + B, scale);
  std::copy(line.shift, line.shift + B, shift);
  for (int64_t begin = 0; begin < rows; begin += piece_rows(B)) {
    const int64_t count = std::min(piece_rows(B), rows - begin);
    const int64_t at = begin * B;
    Partial<B> sum, product;
    const auto take = [&](int way, int c, int64_t i, float d) {
      sum.sums[way][c] += d;
      product.sums[way][c] += d * (x[at + i] - mean[c]);
    };
    if (passed == Passed::all)
      each<B>(count, [&](int way, int c, int64_t i) { take(way, c, i, dy[at + i]); });
    else if (passed == Passed::computed)
      each<B>(count, [&](int way, int c, int64_t i) {
        take(way, c, i, (x[at + i] - mean[c]) * scale[c] + shift[c] > 0 ? dy[at + i] : 0);
      });
    else
      each<B>(count, [&](int way, int c, int64_t i) {
        const float d = y[at + i] > 0 ? dy[at + i] : 0;
        passing[at + i] = d;
        take(way, c, i, d);
      });
    for (int c = 0; c < B; c++) {
      sums.dy[c] += sum.total(c);
      sums.product[c] += product.total(c);
    }
  }
}

template <int B>
INLINED void gradient_lines(const float* x, const float* dy, float* dx, int64_t rows, const Line& line,
                            Passed passed, const GradientLine& gradient) {
  float mean[B], scale[B], shift[B], a[B], b[B], c0[B];
  std::copy(line.mean, line.mean + B, mean);
  std::copy(line.scale, line.scale + B, scale);
  std::copy(line.shift, line.shift + B, shift);
  std::copy(gradient.scale, gradient.scale + B, a);
  std::copy(gradient.slope, gradient.slope + B, b);
  std::copy(gradient.shift, gradient.shift + B, c0);
  const int64_t n = rows * B;
  if (passed == Passed::all) {
    for (int64_t i = 0; i < n; i += B)
      for (int c = 0; c < B; c++) dx[i + c] = dy[i + c] * a[c] + (x[i + c] - mean[c]) * b[c] + c0[c];
  } else {
    for (int64_t i = 0; i < n; i += B)
      for (int c = 0; c < B; c++) {
        const float d = (x[i + c] - mean[c]) * scale[c] + shift[c] > 0 ? dy[i + c] : 0;
        dx[i + c] = d * a[c] + (x[i + c] - mean[c]) * b[c] + c0[c];
      }
  }
}

// One channel alone: sixteen of its elements take the lanes of sixteen channels, and a rest the first lane.

INLINED void plain_moments_of(const float* x, int64_t count, Moments& moments) {
  Moments side_by_side;
  moments_of<lanes>(x, count / lanes, side_by_side);
  for (int64_t c = 0; c < lanes && side_by_side.count > 0; c++) {
    Moments one;
    one.count = side_by_side.count;
    one.mean[0] = side_by_side.mean[c];
    one.squares[0] = side_by_side.squares[c];
    moments.merge(one);
  }
  const int64_t rest = count % lanes;
  moments_of<1>(x + count - rest, rest, moments);
}

INLINED void plain_sums_of(const float* x, const float* dy, const float* y, float* passing, int64_t count,
                           const Line& line, Passed passed, GradientSums& sums) {
  Line same;
  std::fill(same.mean, same.mean + lanes, line.mean[0]);
  std::fill(same.scale, same.scale + lanes, line.scale[0]);
  std::fill(same.shift, same.shift + lanes, line.shift[0]);
  GradientSums side_by_side;
  sums_of<lanes>(x, dy, y, passing, count / lanes, same, passed, side_by_side);
  for (int64_t c = 0; c < lanes; c++) {
    sums.dy[0] += side_by_side.dy[c];
    sums.product[0] += side_by_side.product[c];
  }
  const int64_t rest = count % lanes, at = count - rest;
  const bool kept = passed == Passed::kept;
  sums_of<1>(x + at, dy + at, kept ? y + at : nullptr, kept ? passing + at : nullptr, rest, line, passed,
             sums);
}

}  // namespace

void Moments::merge(const Moments& other) {
  const double total = count + other.count;
  if (total == 0) return;
  for (int64_t c = 0; c < lanes; c++) {
    const double distance = other.mean[c] - mean[c];
    mean[c] += distance * other.count / total;
    squares[c] += other.squares[c] + distance * distance * count * other.count / total;
  }
  count = total;
}

void GradientSums::merge(const GradientSums& other) {
  for (int64_t c = 0; c < lanes; c++) {
    dy[c] += other.dy[c];
    product[c] += other.product[c];
  }
}

VECTORIZED void add_moments(const float* x, int64_t rows, int64_t block, Moments& moments) {
  if (block == 16) return moments_of<16>(x, rows, moments);
  if (block == 8) return moments_of<8>(x, rows, moments);
  plain_moments_of(x, rows, moments);
}

VECTORIZED void normalize(const float* x, const float* residual, float* y, int64_t rows, int64_t block,
                          const Line& line, bool relu) {
  if (block == 16) return lines<16>(x, residual, y, rows, line, relu);
  if (block == 8) return lines<8>(x, residual, y, rows, line, relu);
  lines<1>(x, residual, y, rows, line, relu);
}

VECTORIZED void add_gradient_sums(const float* x, const float* dy, const float* y, float* passing,
                                  int64_t rows, int64_t block, const Line& line, Passed passed,
                                  GradientSums& sums) {
  if (block == 16) return sums_of<16>(x, dy, y, passing, rows, line, passed, sums);
  if (block == 8) return sums_of<8>(x, dy, y, passing, rows, line, passed, sums);
  plain_sums_of(x, dy, y, passing, rows, line, passed, sums);
}

VECTORIZED void normalize_gradient(const float* x, const float* dy, float* dx, int64_t rows, int64_t block,
                                   const Line& line, Passed passed, const GradientLine& gradient) {
  if (block == 16) return gradient_lines<16>(x, dy, dx, rows, line, passed, gradient);
  if (block == 8) return gradient_lines<8>(x, dy, dx, rows, line, passed, gradient);
  gradient_lines<1>(x, dy, dx, rows, line, passed, gradient);
}

}  // namespace convnets
