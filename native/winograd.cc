#include "winograd.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)

#include <omp.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "winograd_matrices.h"

#pragma GCC push_options
#pragma GCC target("avx512f")
// All functions below pass vectors only where they are inlined.
#pragma GCC diagnostic ignored "-Wpsabi"

#include "winograd_vectors.h"

namespace convnets {
namespace {

template <int M, int R>
struct Transform {
  using Matrices = WinogradMatrices<M, R>;
  static constexpr int side = M + R - 1, points = side * side;

  /// Sizes that follow from a shape and how its work is cut. Strides are between points. `rows` of tiles are
  /// in a band, of `all_rows`.
  struct Plan {
    int all_rows, rows, columns, per_image, tiles, group;
    int padded_h, padded_w;
    size_t in_stride, out_stride, weight_stride;

    Plan(const WinogradShape& s, WinogradCut cut)
        : all_rows((s.out_h() + M - 1) / M),
          rows((all_rows + cut.bands - 1) / cut.bands),
          columns((s.out_w() + M - 1) / M),
          per_image(rows * columns),
          tiles(per_image * cut.chunk),
          group(cut.group > 0 ? cut.group : s.out / lanes),
          padded_h(rows * M + R - 1),
          padded_w(columns * M + R - 1),
          in_stride(static_cast<size_t>(s.in) * tiles + skew),
          out_stride(static_cast<size_t>(group) * lanes * tiles + skew),
          weight_stride(static_cast<size_t>(s.in) * s.out + skew) {}

    size_t padded() const { return static_cast<size_t>(padded_h) * padded_w * lanes; }
  };

  static size_t weight_size(int in, int out) { return (static_cast<size_t>(in) * out + skew) * points; }

  static void transform_weights(const float* weights, float* to, int in, int out, bool transposed) {
    const int in_blocks = in / lanes, out_blocks = out / lanes;
    const size_t stride = static_cast<size_t>(in) * out + skew;
#pragma omp parallel for collapse(2) schedule(static)
    for (int o = 0; o < out_blocks; o++)
      for (int i = 0; i < in_blocks; i++) {
        Vector taps[R * R][lanes];
        const auto* source = reinterpret_cast<const Vector*>(
            weights + (static_cast<size_t>(o) * in_blocks + i) * R * R * lanes * lanes);
        for (int k = 0; k < R * R; k++) {
          Vector* tap = taps[transposed ? R * R - 1 - k : k];
          for (int c = 0; c < lanes; c++) tap[c] = source[k * lanes + c];
          if (transposed) transpose(tap);
        }
        float* target = to + (transposed ? (static_cast<size_t>(i) * out + o * lanes) * lanes
                                         : (static_cast<size_t>(o) * in + i * lanes) * lanes);
        for (int c = 0; c < lanes; c++) {
          Vector filter[R * R];
          for (int k = 0; k < R * R; k++) filter[k] = taps[k][c];
          transform<Matrices, Kind::g, false, side, R>(filter, [&](int a, int b, Vector v) {
            *reinterpret_cast<Vector*>(target + (a * side + b) * stride + c * lanes) = v;
          });
        }
      }
  }

  /// The tiles of one map, `step` apart, transformed: point p of tile t goes to to[p * stride + t * lanes].
  template <Kind kind, bool transposed, int size>
  static INLINE void transform_tiles(const Vector* map, int rows, int columns, int width, float* to,
                                     size_t stride) {
    for (int row = 0; row < rows; row++)
      for (int column = 0; column < columns; column++) {
        Vector tile[size * size];
        const Vector* corner = map + static_cast<size_t>(row) * M * width + column * M;
        for (int y = 0; y < size; y++)
          for (int x = 0; x < size; x++) tile[y * size + x] = corner[y * width + x];
        float* target = to + static_cast<size_t>(row * columns + column) * lanes;
        transform<Matrices, kind, transposed, side, size>(tile, [&](int a, int b, Vector v) {
          *reinterpret_cast<Vector*>(target + (a * side + b) * stride) = v;
        });
      }
  }

  static size_t thread_scratch(const Plan& p) { return (p.in_stride + p.out_stride) * points + p.padded(); }

  static size_t scratch_size(const WinogradShape& s, WinogradCut cut) {
    const Plan p(s, cut);
    const auto threads = static_cast<size_t>(omp_get_max_threads());
    if (!cut.shared) return thread_scratch(p) * threads;
    return p.in_stride * points + (p.out_stride * points + p.padded()) * threads;
  }

  /// What `convolve` is given.
  struct Work {
    const WinogradShape& s;
    const Plan& p;
    const float *x, *weights, *bias;
    bool add, relu;
    float* y;
  };

  static void convolve(const WinogradShape& s, WinogradCut cut, const float* x, const float* weights,
                       const float* bias, bool add, bool relu, float* y, float* scratch) {
    const Plan p(s, cut);
    const Work work{s, p, x, weights, bias, add, relu, y};
    if (cut.shared) return convolve_together(work, cut.chunk, scratch);
    const int bands = cut.bands, pieces = s.n / cut.chunk * bands;
    // Each thread takes whole pieces through all stages, so that what it has written is in its own cache.
#pragma omp parallel for schedule(static)
    for (int piece = 0; piece < pieces; piece++) {
      float* in = scratch + thread_scratch(p) * static_cast<size_t>(omp_get_thread_num());
      float* out = in + p.in_stride * points;
      auto* padded = reinterpret_cast<Vector*>(out + p.out_stride * points);
      const int first = piece / bands * cut.chunk, band = piece % bands;
      const int row = p.all_rows * band / bands, rows = p.all_rows * (band + 1) / bands - row;
      const int in_blocks = s.in / lanes, out_blocks = s.out / lanes;
      for (int n = 0; n < cut.chunk; n++)
        for (int i = 0; i < in_blocks; i++) transform_in(work, first, n, i, row, rows, padded, in);
      for (int o = 0; o < out_blocks; o += p.group)
        convolve_group(work, first, cut.chunk, row, rows, o, std::min(p.group, out_blocks - o), in, out);
    }
  }

  /// All threads transform the same images; each then multiplies them by filters of its own, so that no
  /// filter is read twice.
  static void convolve_together(const Work& work, int chunk, float* scratch) {
    const WinogradShape& s = work.s;
    const Plan& p = work.p;
    const int in_blocks = s.in / lanes, out_blocks = s.out / lanes;
#pragma omp parallel
    {
      const int threads = omp_get_num_threads(), thread = omp_get_thread_num();
      float* out = scratch + p.in_stride * points + (p.out_stride * points + p.padded()) * thread;
      auto* padded = reinterpret_cast<Vector*>(out + p.out_stride * points);
      const int begin = out_blocks * thread / threads, count = out_blocks * (thread + 1) / threads - begin;
      const int groups = (count + p.group - 1) / p.group;
      for (int first = 0; first < s.n; first += chunk) {
#pragma omp for collapse(2) schedule(static)
        for (int n = 0; n < chunk; n++)
          for (int i = 0; i < in_blocks; i++) transform_in(work, first, n, i, 0, p.rows, padded, scratch);
        for (int g = 0; g < groups; g++) {
          const int o = begin + count * g / groups, blocks = begin + count * (g + 1) / groups - o;
          convolve_group(work, first, chunk, 0, p.rows, o, blocks, scratch, out);
        }
#pragma omp barrier
      }
    }
  }

  /// `blocks` blocks of filters from block `o` on, for transformed images.
  static void convolve_group(const Work& work, int first, int chunk, int row, int rows, int o, int blocks,
                             const float* in, float* out) {
    const int parts = (blocks + 2) / 3;
    for (int point = 0; point < points; point++)
      for (int part = 0; part < parts; part++)
        multiply_part(work, in, out, point, o, blocks * part / parts, blocks * (part + 1) / parts,
                      chunk * rows * work.p.columns);
    for (int n = 0; n < chunk; n++)
      for (int b = 0; b < blocks; b++) transform_out(work, first, n, o, b, row, rows, out);
  }

  /// Block `i` of the channels of image `n` of a chunk, `rows` rows of tiles from `row` on.
  static void transform_in(const Work& work, int first, int n, int i, int row, int rows, Vector* padded,
                           float* in) {
    const WinogradShape& s = work.s;
    const Plan& p = work.p;
    const auto* map = reinterpret_cast<const Vector*>(work.x) +
                      (static_cast<size_t>(first + n) * (s.in / lanes) + i) * s.h * s.w;
    pad_map(map, padded, s.h, s.w, s.padding, row * M, rows * M + R - 1, p.padded_w);
    float* to = in + (static_cast<size_t>(i) * p.tiles + n * p.per_image) * lanes;
    transform_tiles<Kind::bt, false, side>(padded, rows, p.columns, p.padded_w, to, p.in_stride);
  }

  using Unaligned = float __attribute__((vector_size(lanes * sizeof(float)), aligned(4)));

  /// At one point the product of `tiles` by channels with channels by blocks `begin` to `end` of a group of
  /// filters.
  static void multiply_part(const Work& work, const float* in, float* out, int point, int group, int begin,
                            int end, int tiles) {
    const WinogradShape& s = work.s;
    const Plan& p = work.p;
    const int panels = end - begin, strips = (tiles + most_rows[panels] - 1) / most_rows[panels];
    const float* weights =
        work.weights + point * p.weight_stride + static_cast<size_t>(group + begin) * s.in * lanes;
    for (int strip = 0; strip < strips; strip++) {
      const int from = tiles * strip / strips, to = tiles * (strip + 1) / strips;
      multiply_for<lanes, 1>(to - from, panels)(
          {in + point * p.in_stride + from * lanes, static_cast<size_t>(p.tiles) * lanes, s.in / lanes, lanes,
           weights, static_cast<size_t>(s.in) * lanes,
           out + point * p.out_stride + (static_cast<size_t>(begin) * p.tiles + from) * lanes, lanes,
           static_cast<size_t>(p.tiles) * lanes, false});
    }
  }

  /// Block `b` of a group of filters, for image `n` of a chunk.
  static void transform_out(const Work& work, int first, int n, int group, int b, int row, int rows,
                            const float* out) {
    const WinogradShape& s = work.s;
    const Plan& p = work.p;
    const int h = s.out_h(), w = s.out_w();
    const float* from = out + (static_cast<size_t>(b) * p.tiles + n * p.per_image) * lanes;
    const Vector bias = work.bias == nullptr
                            ? Vector{}
                            : *reinterpret_cast<const Unaligned*>(work.bias + (group + b) * lanes);
    auto* map = reinterpret_cast<Vector*>(work.y) +
                (static_cast<size_t>(first + n) * (s.out / lanes) + group + b) * h * w;
    for (int r = 0; r < rows; r++)
      for (int column = 0; column < p.columns; column++) {
        Vector tile[points];
        const float* source = from + static_cast<size_t>(r * p.columns + column) * lanes;
        for (int point = 0; point < points; point++)
          tile[point] = *reinterpret_cast<const Vector*>(source + point * p.out_stride);
        transform<Matrices, Kind::at, false, M, side>(tile, [&](int a, int b, Vector v) {
          const int y = (row + r) * M + a, x = column * M + b;
          if (y >= h || x >= w) return;
          v += bias;
          if (work.add) v += map[y * w + x];
          if (work.relu) v = v > 0.f ? v : Vector{};
          map[y * w + x] = v;
        });
      }
  }

  struct GradientPlan {
    Plan p;
    size_t dy_stride, sums;

    GradientPlan(const WinogradShape& s, WinogradCut cut)
        : p(s, cut),
          dy_stride(static_cast<size_t>(s.out) * p.tiles + skew),
          sums(static_cast<size_t>(s.n) * s.out) {}

    size_t shared() const { return (p.in_stride + dy_stride + p.weight_stride) * points + sums; }
  };

  static size_t gradient_scratch_size(const WinogradShape& s, WinogradCut cut) {
    const GradientPlan g(s, cut);
    return g.shared() + g.p.padded() * static_cast<size_t>(omp_get_max_threads());
  }

  /// x and dy are transformed chunk by chunk, their products over all tiles added up, and the sum transformed
  /// back.
  static void weight_gradient(const WinogradShape& s, WinogradCut cut, const float* x, const float* dy,
                              float* dweights, float* dbias, float* scratch) {
    const GradientPlan g(s, cut);
    const Plan& p = g.p;
    const int in_blocks = s.in / lanes, out_blocks = s.out / lanes, h = s.out_h(), w = s.out_w();
    const int parts = (out_blocks + 2) / 3;
    float* in = scratch;
    float* gradient = in + p.in_stride * points;
    float* product = gradient + g.dy_stride * points;
    auto* sums = reinterpret_cast<Vector*>(product + p.weight_stride * points);
#pragma omp parallel
    {
      auto* padded = reinterpret_cast<Vector*>(scratch + g.shared() + p.padded() * omp_get_thread_num());
      for (int first = 0; first < s.n; first += cut.chunk) {
#pragma omp for collapse(2) schedule(static) nowait
        for (int n = 0; n < cut.chunk; n++)
          for (int i = 0; i < in_blocks; i++) {
            const auto* map = reinterpret_cast<const Vector*>(x) +
                              (static_cast<size_t>(first + n) * in_blocks + i) * s.h * s.w;
            pad_map(map, padded, s.h, s.w, s.padding, 0, p.padded_h, p.padded_w);
            float* to = in + (static_cast<size_t>(i) * p.tiles + n * p.per_image) * lanes;
            transform_tiles<Kind::bt, false, side>(padded, p.rows, p.columns, p.padded_w, to, p.in_stride);
          }
#pragma omp for collapse(2) schedule(static)
        for (int n = 0; n < cut.chunk; n++)
          for (int o = 0; o < out_blocks; o++) {
            const auto* map = reinterpret_cast<const Vector*>(dy) +
                              (static_cast<size_t>(first + n) * out_blocks + o) * h * w;
            Vector sum[4] = {};
            for (int i = 0; i < h * w; i++) sum[i & 3] += map[i];
            sums[static_cast<size_t>(first + n) * out_blocks + o] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
            if (h != p.rows * M || w != p.columns * M) {
              pad_map(map, padded, h, w, 0, 0, p.rows * M, p.columns * M);
              map = padded;
            }
            float* to = gradient + (static_cast<size_t>(o) * p.tiles + n * p.per_image) * lanes;
            transform_tiles<Kind::at, true, M>(map, p.rows, p.columns, p.columns * M, to, g.dy_stride);
          }
#pragma omp for collapse(2) schedule(static)
        for (int point = 0; point < points; point++)
          for (int part = 0; part < parts; part++) {
            constexpr int rows = 8;
            const int begin = out_blocks * part / parts, panels = out_blocks * (part + 1) / parts - begin;
            const Multiply multiply_rows = multiply_for<1, lanes>(rows, panels);
            for (int i = 0; i < s.in; i += rows)
              multiply_rows(
                  {in + point * p.in_stride + static_cast<size_t>(i / lanes) * p.tiles * lanes + i % lanes, 0,
                   1, p.tiles, gradient + point * g.dy_stride + static_cast<size_t>(begin) * p.tiles * lanes,
                   static_cast<size_t>(p.tiles) * lanes,
                   product + point * p.weight_stride + (static_cast<size_t>(begin) * s.in + i) * lanes, lanes,
                   static_cast<size_t>(s.in) * lanes, first > 0});
          }
      }
#pragma omp for collapse(2) schedule(static) nowait
      for (int o = 0; o < out_blocks; o++)
        for (int i = 0; i < in_blocks; i++)
          for (int c = 0; c < lanes; c++) {
            Vector tile[points];
            for (int point = 0; point < points; point++)
              tile[point] =
                  *reinterpret_cast<const Vector*>(product + point * p.weight_stride +
                                                   (static_cast<size_t>(o) * s.in + i * lanes + c) * lanes);
            auto* to = reinterpret_cast<Vector*>(dweights) +
                       (static_cast<size_t>(o) * in_blocks + i) * R * R * lanes + c;
            transform<Matrices, Kind::g, true, R, side>(
                tile, [&](int a, int b, Vector v) { to[(a * R + b) * lanes] = v; });
          }
      if (dbias != nullptr) {
#pragma omp for schedule(static)
        for (int o = 0; o < out_blocks; o++) {
          Vector sum = {};
          for (int n = 0; n < s.n; n++) sum += sums[static_cast<size_t>(n) * out_blocks + o];
          *reinterpret_cast<Unaligned*>(dbias + o * lanes) = sum;
        }
      }
    }
  }

  static constexpr Winograd entry(const char* name) {
    return {
        name,           M, R, weight_size, transform_weights, scratch_size, convolve, gradient_scratch_size,
        weight_gradient};
  }
};

constexpr Winograd transforms[] = {
    Transform<3, 3>::entry("F(3x3, 3x3)"), Transform<4, 3>::entry("F(4x4, 3x3)"),
    Transform<6, 3>::entry("F(6x6, 3x3)"), Transform<3, 5>::entry("F(3x3, 5x5)"),
    Transform<4, 5>::entry("F(4x4, 5x5)")};

}  // namespace

std::vector<const Winograd*> winograd_transforms(const WinogradShape& shape) {
  std::vector<const Winograd*> suitable;
  if (!__builtin_cpu_supports("avx512f")) return suitable;
  for (const Winograd& transform : transforms)
    if (transform.kernel == shape.kernel) suitable.push_back(&transform);
  const auto products = [&shape](const Winograd* transform) {
    const int m = transform->tile, side = m + transform->kernel - 1;
    return ((shape.out_h() + m - 1) / m) * ((shape.out_w() + m - 1) / m) * side * side;
  };
  std::sort(suitable.begin(), suitable.end(),
            [&](const Winograd* a, const Winograd* b) { return products(a) < products(b); });
  return suitable;
}

}  // namespace convnets

#pragma GCC pop_options

#else

namespace convnets {

std::vector<const Winograd*> winograd_transforms(const WinogradShape&) { return {}; }

}  // namespace convnets

#endif
