// Convolutions of stride 1 by Winograd's transform, over nChw16c images and OIhw16i16o weights.
#pragma once

#include <cstddef>
#include <vector>

namespace convnets {

/// A convolution of stride 1 and one group. Channels are counted as they lie in memory, in whole blocks
/// of 16.
struct WinogradShape {
  int n, in, out, h, w, padding, kernel;

  int out_h() const { return h + 2 * padding - kernel + 1; }
  int out_w() const { return w + 2 * padding - kernel + 1; }
};

/// How the work is cut: `chunk` images are transformed together, `group` blocks of output channels multiplied
/// together (0: all). With one image a chunk, `bands` of it are taken one by one. Threads share the chunks or
/// bands among themselves; with `shared`, the filters for every chunk. What fits the caches best is found by
/// measuring.
struct WinogradCut {
  int chunk = 1, group = 0, bands = 1;
  bool shared = false;
};

/// One transform, F(M x M, R x R). Sizes are in floats. Everything runs on all threads of the caller's team.
struct Winograd {
  const char* name;
  int tile, kernel;

  size_t (*weight_size)(int in, int out);
  /// weights [out / 16][in / 16][kernel][kernel][16 in][16 out] -> what `convolve` multiplies by;
  /// `transposed` gives those of the gradient towards the input, a convolution with flipped taps from `out`
  /// to `in` channels.
  void (*transform_weights)(const float* weights, float* transformed, int in, int out, bool transposed);

  size_t (*scratch_size)(const WinogradShape& shape, WinogradCut cut);
  /// y = x * weights + bias (may be null), with `add` what y held before on top, and with `relu` the larger
  /// of that and 0.
  void (*convolve)(const WinogradShape& shape, WinogradCut cut, const float* x, const float* transformed,
                   const float* bias, bool add, bool relu, float* y, float* scratch);

  size_t (*gradient_scratch_size)(const WinogradShape& shape, WinogradCut cut);
  /// The gradients towards the weights and, unless null, the bias.
  void (*weight_gradient)(const WinogradShape& shape, WinogradCut cut, const float* x, const float* dy,
                          float* dweights, float* dbias, float* scratch);
};

/// The transforms this processor can run that suit `shape`, those that multiply least first; none without
/// AVX-512.
std::vector<const Winograd*> winograd_transforms(const WinogradShape& shape);

}  // namespace convnets
