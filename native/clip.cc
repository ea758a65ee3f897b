// Clipping gradients, and looking for numbers that are none.
#include "clip.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "parallel.h"

namespace convnets {

namespace {

/// Sums are cut into pieces of this length, however many threads there are: results do not depend on them.
constexpr int64_t piece = 1 << 14;

VECTORIZED double squares_loop(const float* x, int64_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) sum += static_cast<double>(x[i]) * x[i];
  return sum;
}

VECTORIZED float largest_loop(const float* x, int64_t n) {
  float largest = 0;
  int none = 0;
#pragma omp simd reduction(max : largest) reduction(| : none)
  for (int64_t i = 0; i < n; i++) {
    const float magnitude = std::abs(x[i]);
    largest = magnitude > largest ? magnitude : largest;
    none |= x[i] != x[i];
  }
  return none ? std::numeric_limits<float>::quiet_NaN() : largest;
}

VECTORIZED void scale_loop(const float* x, float factor, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = factor * x[i];
}

VECTORIZED void clamp_loop(const float* x, float most, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    const float low = x[i] > most ? most : x[i];
    y[i] = low < -most ? -most : low;
  }
}

/// The first operand as it lies, unless places of channels it does not have lie between its elements.
Placed gapless(Lowering& at) {
  const Placed x = at.operand(0);
  return x.md.get_size() == plain_md(at.input_type(0)).get_size() ? x : at.plain_operand(0);
}

int64_t elements(const Placed& x) { return static_cast<int64_t>(x.md.get_size() / sizeof(float)); }

/// Calls `of(x, n)` on every piece of an operand and gives the results in their order.
template <typename T, typename Of>
std::vector<T> by_piece(const float* x, int64_t n, const Of& of) {
  std::vector<T> parts((n + piece - 1) / piece);
  parallel(static_cast<int64_t>(parts.size()), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) parts[i] = of(x + i * piece, std::min(piece, n - i * piece));
  });
  return parts;
}

}  // namespace

void squared_norm(Lowering& at) {
  const Placed x = gapless(at), y = at.define_plain(0);
  const int64_t n = elements(x);
  at.emit("loop", {x.slot, y.slot}, [=] {
    double sum = 0;
    for (const double part : by_piece<double>(x.slot->f32(), n, squares_loop)) sum += part;
    y.slot->f32()[0] = static_cast<float>(sum);
  });
}

void clip_factor(Lowering& at) {
  const double most = at.attr(0);
  const Placed square = at.plain_operand(0), factor = at.define_plain(0), norm = at.define_plain(1);
  at.emit("loop", {square.slot, factor.slot, norm.slot}, [=] {
    const double length = std::sqrt(static_cast<double>(square.slot->f32()[0]));
    const double wanted = most / (length + 1e-6);
    factor.slot->f32()[0] = static_cast<float>(wanted > 1 ? 1 : wanted);
    norm.slot->f32()[0] = static_cast<float>(length);
  });
}

void scale(Lowering& at) {
  const Placed x = gapless(at), factor = at.plain_operand(1), y = at.define_over(0, x);
  at.emit("loop", {x.slot, factor.slot, y.slot}, [=, n = elements(x)] {
    parallel(n, piece, [&](int64_t begin, int64_t end) {
      scale_loop(x.slot->f32() + begin, factor.slot->f32()[0], y.slot->f32() + begin, end - begin);
    });
  });
}

void clamp(Lowering& at) {
  const auto most = static_cast<float>(at.attr(0));
  const Placed x = gapless(at), y = at.define_over(0, x);
  at.emit("loop", {x.slot, y.slot}, [=, n = elements(x)] {
    parallel(n, piece, [&](int64_t begin, int64_t end) {
      clamp_loop(x.slot->f32() + begin, most, y.slot->f32() + begin, end - begin);
    });
  });
}

void largest_magnitude(Lowering& at) {
  const Placed x = gapless(at), y = at.define_plain(0);
  const int64_t n = elements(x);
  at.emit("loop", {x.slot, y.slot}, [=] {
    float largest = 0;
    for (const float part : by_piece<float>(x.slot->f32(), n, largest_loop))
      largest = part > largest || part != part ? part : largest;
    y.slot->f32()[0] = largest;
  });
}

}  // namespace convnets
