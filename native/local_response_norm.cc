// Local response normalisation, tile by tile: some pixels with all their channels, small enough that every
// pass but the first finds them in the nearest cache.
#include "local_response_norm.h"

#include <cmath>

#include "parallel.h"

namespace convnets {

namespace {

struct Norm {
  int64_t size;
  float alpha, beta, k;

  explicit Norm(const Lowering& at)
      : size(at.integer(0)),
        alpha(static_cast<float>(at.attr(1))),
        beta(static_cast<float>(at.attr(2))),
        k(static_cast<float>(at.attr(3))) {}
};

/// How a tile lies in memory and in a buffer. Neighbouring channels are `step` apart in the buffer, so that
/// one loop sums windows of either layout: it is [channels][pixels] when plain and [pixels][channels]
/// otherwise, with `margin` zeros on both sides of the channels for the neighbours that are not there. What a
/// window sums up to lies where the window begins.
struct Tile {
  int64_t outer, middle, run;  // runs of `run` elements are contiguous in both
  int64_t memory_outer;
  int64_t buffer_outer, buffer_middle;
  int64_t step, margin;

  Tile(const ImageLayout& image, int64_t window, int64_t stride, int64_t pixels) {
    const bool plain = image.block == 1;
    const int64_t width = image.blocks() * image.block + window - 1;
    outer = image.blocks();
    middle = plain ? 1 : pixels;
    run = plain ? pixels : image.block;
    memory_outer = image.inner * image.block;
    buffer_outer = plain ? stride : image.block;
    buffer_middle = width;
    step = plain ? stride : 1;
    margin = (window - 1) / 2 * step;
  }

  /// Elements from the first sum to the last.
  int64_t sums() const { return (outer - 1) * buffer_outer + (middle - 1) * buffer_middle + run; }
};

/// Calls `body(place in memory, place in the buffer)` for every element of a tile.
template <int64_t fixed, typename Body>
inline __attribute__((always_inline)) void each_run(const Tile& tile, const Body& body) {
  const int64_t run = fixed > 0 ? fixed : tile.run;
  for (int64_t o = 0; o < tile.outer; o++)
    for (int64_t m = 0; m < tile.middle; m++) {
      const int64_t at = o * tile.memory_outer + m * run;
      const int64_t in = o * tile.buffer_outer + m * tile.buffer_middle;
#pragma omp simd
      for (int64_t i = 0; i < run; i++) body(at + i, in + i);
    }
}

template <typename Body>
inline __attribute__((always_inline)) void each_element(const Tile& tile, const Body& body) {
  if (tile.run == 16)
    each_run<16>(tile, body);
  else if (tile.run == 8)
    each_run<8>(tile, body);
  else
    each_run<0>(tile, body);
}

VECTORIZED void squares(const Tile& tile, const float* x, float* terms) {
  each_element(tile, [=](int64_t at, int64_t in) { terms[in] = x[at] * x[at]; });
}

VECTORIZED void window_sums(const float* terms, int64_t size, int64_t step, float* sums, int64_t n) {
  if (size == 5) {
#pragma omp simd
    for (int64_t i = 0; i < n; i++)
      sums[i] =
          (terms[i] + terms[i + step]) + (terms[i + 2 * step] + terms[i + 3 * step]) + terms[i + 4 * step];
    return;
  }
  std::copy(terms, terms + n, sums);
  for (int64_t j = 1; j < size; j++) {
#pragma omp simd
    for (int64_t i = 0; i < n; i++) sums[i] += terms[i + j * step];
  }
}

/// d^-beta in place of the sums in d = k + alpha sum.
VECTORIZED void powers(const Norm& norm, float* sums, int64_t n) {
  const float k = norm.k, alpha = norm.alpha;
  if (norm.beta != 0.75f) {
    for (int64_t i = 0; i < n; i++) sums[i] = std::pow(k + alpha * sums[i], -norm.beta);
    return;
  }
  for (int64_t i = 0; i < n; i++) {
    const float d = k + alpha * sums[i];
    sums[i] = 1 / std::sqrt(d * std::sqrt(d));
  }
}

/// The same, and d^-(beta + 1).
VECTORIZED void powers_of_gradient(const Norm& norm, float* sums, float* next, int64_t n) {
  const float k = norm.k, alpha = norm.alpha;
  if (norm.beta != 0.75f) {
    for (int64_t i = 0; i < n; i++) {
      const float d = k + alpha * sums[i];
      sums[i] = std::pow(d, -norm.beta);
      next[i] = sums[i] / d;
    }
    return;
  }
#pragma omp simd
  for (int64_t i = 0; i < n; i++) {
    const float d = k + alpha * sums[i];
    const float q = 1 / (d * std::sqrt(d * std::sqrt(d)));
    sums[i] = q * d;
    next[i] = q;
  }
}

VECTORIZED void scale(const Tile& tile, const float* x, const float* powers, float* y) {
  each_element(tile, [=](int64_t at, int64_t in) { y[at] = x[at] * powers[in]; });
}

VECTORIZED void products(const Tile& tile, const float* x, const float* dy, const float* powers,
                         float* terms) {
  each_element(tile, [=](int64_t at, int64_t in) { terms[in] = dy[at] * x[at] * powers[in]; });
}

VECTORIZED void combine(const Tile& tile, const float* x, const float* dy, const float* powers,
                        const float* sums, float factor, float* dx) {
  each_element(tile,
               [=](int64_t at, int64_t in) { dx[at] = dy[at] * powers[in] - factor * x[at] * sums[in]; });
}

/// Emits a step that calls `body(tile, first element, buffers)` for every tile, each thread with buffers of
/// its own, `elements` long; the first begins as zeros.
template <typename Body>
void emit_tiles(Lowering& at, const ImageLayout& image, int64_t window, int64_t buffers,
                std::vector<Slot*> slots, const Body& body) {
  constexpr int64_t buffer = 1 << 12;  // elements of a tile, so that a few fit into 32 KiB or nearly
  const int64_t width = image.blocks() * image.block + window - 1;
  const int64_t pixels = std::min(image.inner, std::max<int64_t>(16, buffer / width / 16 * 16));
  const int64_t elements = width * pixels, tiles = (image.inner + pixels - 1) / pixels;
  Slot* scratch = at.scratch(static_cast<size_t>(buffers * elements * omp_get_max_threads()) * sizeof(float));
  slots.push_back(scratch);
  at.emit("loop", std::move(slots), [=] {
    parallel(image.n * tiles, 1, [&](int64_t begin, int64_t end) {
      float* own = scratch->f32() + buffers * elements * omp_get_thread_num();
      std::fill(own, own + buffers * elements, 0.f);
      for (int64_t i = begin; i < end; i++) {
        const int64_t first = i % tiles * pixels;
        const Tile tile(image, window, pixels, std::min(pixels, image.inner - first));
        body(tile, i / tiles * image.image() + first * image.block, own, elements);
      }
    });
  });
}

}  // namespace

void local_response_norm(Lowering& at) {
  const Norm norm(at);
  const Placed x = at.image_operand(0), y = at.define_over(0, x);
  emit_tiles(
      at, image_layout(x.md), norm.size, 2, {x.slot, y.slot},
      [=, from = x.slot, to = y.slot](const Tile& tile, int64_t first, float* terms, int64_t elements) {
        const float* x = from->f32() + first;
        float* sums = terms + elements;
        squares(tile, x, terms + tile.margin);
        window_sums(terms, norm.size, tile.step, sums, tile.sums());
        powers(norm, sums, tile.sums());
        scale(tile, x, sums, to->f32() + first);
      });
}

void local_response_norm_grad(Lowering& at) {
  const Norm norm(at);
  const Placed x = at.image_operand(0), dy = at.operand_as(1, x.md), dx = at.define_over(0, dy);
  emit_tiles(at, image_layout(x.md), norm.size, 3, {x.slot, dy.slot, dx.slot},
             [=, a = x.slot, b = dy.slot, to = dx.slot](const Tile& tile, int64_t first, float* terms,
                                                        int64_t elements) {
               const float *x = a->f32() + first, *dy = b->f32() + first;
               float *sums = terms + elements, *next = sums + elements;
               const int64_t n = tile.sums();
               squares(tile, x, terms + tile.margin);
               window_sums(terms, norm.size, tile.step, sums, n);
               powers_of_gradient(norm, sums, next, n);
               products(tile, x, dy, next, terms + tile.margin);
               window_sums(terms, norm.size, tile.step, next, n);
               combine(tile, x, dy, sums, next, 2 * norm.alpha * norm.beta, to->f32() + first);
             });
}

}  // namespace convnets
