// One number a channel against a batch: biases, trainable coefficients and their gradients.
#include "channels.h"

#include <cmath>

#include "parallel.h"

namespace convnets {

namespace {

/// Calls `body(begin, length, first channel)` for every stretch of memory in which channels repeat with the
/// layout's block: `inner` elements of one channel when plain, `inner * block` of a block of channels
/// otherwise.
template <typename Body>
void each_stretch(const ImageLayout& layout, const Body& body) {
  const int64_t stretch = layout.inner * layout.block;
  parallel(layout.n * layout.blocks(), std::max<int64_t>(1, 16384 / stretch),
           [&](int64_t begin, int64_t end) {
             for (int64_t i = begin; i < end; i++)
               body(i * stretch, stretch, i % layout.blocks() * layout.block);
           });
}

VECTORIZED void add_stretch(const float* x, const float* b, float* y, int64_t length, int64_t block) {
  if (block == 1) {
    for (int64_t i = 0; i < length; i++) y[i] = x[i] + b[0];
  } else {
    for (int64_t i = 0; i < length; i += block)
      for (int64_t c = 0; c < block; c++) y[i + c] = x[i + c] + b[c];
  }
}

VECTORIZED void scale_stretch(const float* x, const float* s, float* y, int64_t length, int64_t block) {
  if (block == 1) {
    for (int64_t i = 0; i < length; i++) y[i] = x[i] * s[0];
  } else {
    for (int64_t i = 0; i < length; i += block)
      for (int64_t c = 0; c < block; c++) y[i + c] = x[i + c] * s[c];
  }
}

VECTORIZED float sum_stretch(const float* x, int64_t length) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < length; i++) sum += x[i];
  return sum;
}

VECTORIZED float dot_stretch(const float* x, const float* y, int64_t length) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < length; i++) sum += x[i] * y[i];
  return sum;
}

VECTORIZED void sum_rows(const float* x, float* sums, int64_t rows, int64_t width) {
  for (int64_t row = 0; row < rows; row++)
    for (int64_t c = 0; c < width; c++) sums[c] += x[row * width + c];
}

VECTORIZED void dot_rows(const float* x, const float* y, float* sums, int64_t rows, int64_t width) {
  for (int64_t row = 0; row < rows; row++)
    for (int64_t c = 0; c < width; c++) sums[c] += x[row * width + c] * y[row * width + c];
}

/// b or s, followed by zeros up to whole blocks: what padding channels take.
Slot* padded_vector(Lowering& at, size_t index, const ImageLayout& layout) {
  Slot* vector = at.plain_operand(index).slot;
  const int64_t padded = layout.blocks() * layout.block, c = layout.c;
  if (padded == c) return vector;
  Slot* copy = at.scratch_from(vector, static_cast<size_t>(padded) * sizeof(float));
  at.emit("loop", {vector, copy}, [=] {
    std::copy(vector->f32(), vector->f32() + c, copy->f32());
    std::fill(copy->f32() + c, copy->f32() + padded, 0.f);
  });
  return copy;
}

template <typename Stretch>
void with_vector(Lowering& at, const Stretch& loop) {
  const Placed x = at.image_operand(0);
  const ImageLayout layout = image_layout(x.md);
  Slot* vector = padded_vector(at, 1, layout);
  const Placed y = at.define_over(0, x);
  at.emit("loop", {x.slot, vector, y.slot}, [=, from = x.slot, to = y.slot] {
    each_stretch(layout, [&](int64_t begin, int64_t length, int64_t channel) {
      loop(from->f32() + begin, vector->f32() + channel, to->f32() + begin, length, layout.block);
    });
  });
}

}  // namespace

void add_channels(Lowering& at) { with_vector(at, add_stretch); }
void scale_channels(Lowering& at) { with_vector(at, scale_stretch); }

void sum_channels(Lowering& at) {
  const Placed x = at.image_operand(0), y = at.define_plain(0);
  const ImageLayout layout = image_layout(x.md);
  at.emit("loop", {x.slot, y.slot}, [=, from = x.slot, to = y.slot] {
    // Each thread owns channels, so that the order of the sum does not depend on the threads.
    parallel(layout.blocks(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; b++) {
        float sums[16] = {};
        for (int64_t n = 0; n < layout.n; n++) {
          const float* stretch = from->f32() + n * layout.image() + b * layout.inner * layout.block;
          if (layout.block == 1)
            sums[0] += sum_stretch(stretch, layout.inner);
          else
            sum_rows(stretch, sums, layout.inner, layout.block);
        }
        const int64_t first = b * layout.block, count = std::min(layout.block, layout.c - first);
        std::copy(sums, sums + count, to->f32() + first);
      }
    });
  });
}

void dot_channels(Lowering& at) {
  const Placed x = at.image_operand(0), other = at.operand_as(1, x.md), y = at.define_plain(0);
  const ImageLayout layout = image_layout(x.md);
  at.emit("loop", {x.slot, other.slot, y.slot}, [=, a = x.slot, b = other.slot, to = y.slot] {
    parallel(layout.blocks(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t block = begin; block < end; block++) {
        float sums[16] = {};
        for (int64_t n = 0; n < layout.n; n++) {
          const int64_t at = n * layout.image() + block * layout.inner * layout.block;
          if (layout.block == 1)
            sums[0] += dot_stretch(a->f32() + at, b->f32() + at, layout.inner);
          else
            dot_rows(a->f32() + at, b->f32() + at, sums, layout.inner, layout.block);
        }
        const int64_t first = block * layout.block, count = std::min(layout.block, layout.c - first);
        std::copy(sums, sums + count, to->f32() + first);
      }
    });
  });
}

void batch_norm_scale(Lowering& at) {
  Slot *gamma = at.plain_operand(0).slot, *beta = at.plain_operand(1).slot;
  Slot *mean = at.plain_operand(2).slot, *variance = at.plain_operand(3).slot;
  Slot *scale = at.define_plain(0).slot, *shift = at.define_plain(1).slot;
  const auto eps = static_cast<float>(at.attr(0));
  const int64_t channels = at.result_type(0).size();
  at.emit("loop", {gamma, beta, mean, variance, scale, shift}, [=] {
    for (int64_t c = 0; c < channels; c++) {
      const float factor = gamma->f32()[c] / std::sqrt(variance->f32()[c] + eps);
      scale->f32()[c] = factor;
      shift->f32()[c] = beta->f32()[c] - mean->f32()[c] * factor;
    }
  });
}

}  // namespace convnets
