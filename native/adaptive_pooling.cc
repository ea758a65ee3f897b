// Means over windows that share a map out: neighbours may overlap and differ in size, which oneDNN's pooling
// can't express.
#include "adaptive_pooling.h"

#include "parallel.h"

namespace convnets {

namespace {

/// The pixels of one window: rows of `width`, the first of them at `first`.
struct Window {
  int64_t first, height, width;

  float share() const { return 1 / static_cast<float>(height * width); }
};

/// One window for each pixel of `y`, as src/ops/adaptivePool.ts defines it.
std::vector<Window> windows_of(const Type& x, const Type& y) {
  const auto begin = [](int64_t i, int64_t count, int64_t extent) { return i * extent / count; };
  const auto end = [](int64_t i, int64_t count, int64_t extent) {
    return ((i + 1) * extent + count - 1) / count;
  };
  const int64_t h = x.dims[2], w = x.dims[3], rows = y.dims[2], columns = y.dims[3];
  std::vector<Window> windows;
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++) {
      const int64_t top = begin(i, rows, h), left = begin(j, columns, w);
      windows.push_back({top * w + left, end(i, rows, h) - top, end(j, columns, w) - left});
    }
  return windows;
}

VECTORIZED void mean_of_block(const float* x, const Window& window, int64_t w, int64_t block, float* y) {
  for (int64_t c = 0; c < block; c++) y[c] = 0;
  for (int64_t i = 0; i < window.height; i++)
    for (int64_t j = 0; j < window.width; j++)
      for (int64_t c = 0; c < block; c++) y[c] += x[(window.first + i * w + j) * block + c];
  for (int64_t c = 0; c < block; c++) y[c] *= window.share();
}

VECTORIZED void spread_of_block(const float* dy, const Window& window, int64_t w, int64_t block, float* dx) {
  for (int64_t i = 0; i < window.height; i++)
    for (int64_t j = 0; j < window.width; j++)
      for (int64_t c = 0; c < block; c++)
        dx[(window.first + i * w + j) * block + c] += dy[c] * window.share();
}

/// Calls `body(block of channels)` for all of them, on as many threads as have enough pixels to visit.
template <typename Body>
void each_block(const ImageLayout& map, const Body& body) {
  parallel(map.n * map.blocks(), std::max<int64_t>(1, 16384 / (map.inner * map.block)),
           [&](int64_t begin, int64_t end) {
             for (int64_t i = begin; i < end; i++) body(i);
           });
}

}  // namespace

void adaptive_avg_pool(Lowering& at) {
  const Placed x = at.image_operand(0);
  const ImageLayout in = image_layout(x.md);
  const Placed y = at.define(0, same_layout(at.result_type(0), in.block));
  const auto windows = windows_of(at.input_type(0), at.result_type(0));
  const int64_t w = at.input_type(0).dims[3], block = in.block;
  at.emit("loop", {x.slot, y.slot}, [=, from = x.slot, to = y.slot] {
    each_block(in, [&](int64_t i) {
      float* means = to->f32() + i * static_cast<int64_t>(windows.size()) * block;
      for (const Window& window : windows) {
        mean_of_block(from->f32() + i * in.inner * block, window, w, block, means);
        means += block;
      }
    });
  });
}

void adaptive_avg_pool_input_grad(Lowering& at) {
  const Placed dy = at.image_operand(0);
  const int64_t block = image_layout(dy.md).block;
  const Placed dx = at.define(0, same_layout(at.result_type(0), block));
  const ImageLayout out = image_layout(dx.md);
  const auto windows = windows_of(at.result_type(0), at.input_type(0));
  const int64_t w = at.result_type(0).dims[3];
  at.emit("loop", {dy.slot, dx.slot}, [=, from = dy.slot, to = dx.slot] {
    each_block(out, [&](int64_t i) {
      const float* shares = from->f32() + i * static_cast<int64_t>(windows.size()) * block;
      float* map = to->f32() + i * out.inner * block;
      std::fill(map, map + out.inner * block, 0.f);
      for (const Window& window : windows) {
        spread_of_block(shares, window, w, block, map);
        shares += block;
      }
    });
  });
}

}  // namespace convnets
