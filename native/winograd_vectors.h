// What Winograd's transforms are made of: small constant matrices applied to vectors, and a matrix product in
// registers. For winograd.cc alone, which includes it under its own target options.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace convnets {
namespace {

#define INLINE __attribute__((always_inline)) inline

constexpr int lanes = 16;
using Vector = float __attribute__((vector_size(lanes * sizeof(float))));
using Indices = int __attribute__((vector_size(lanes * sizeof(int))));

/// Rows of products do not start at multiples of 4 KiB from each other: that would crowd one set of the
/// cache.
constexpr size_t skew = 16;

enum class Kind { at, g, bt };

template <typename M, Kind kind, bool transposed, int row, int column>
constexpr double coefficient() {
  constexpr int i = transposed ? column : row, j = transposed ? row : column;
  if constexpr (kind == Kind::at)
    return M::AT[i][j];
  else if constexpr (kind == Kind::g)
    return M::G[i][j];
  else
    return M::BT[i][j];
}

/// One row of a matrix times a column of vectors; zeros and ones in the matrix cost nothing.
template <typename M, Kind kind, bool transposed, int row, int column, int columns, bool started>
INLINE Vector row_product(const Vector* in, int stride, Vector sum) {
  if constexpr (column == columns) {
    return sum;
  } else {
    constexpr double c = coefficient<M, kind, transposed, row, column>();
    if constexpr (c == 0) {
      return row_product<M, kind, transposed, row, column + 1, columns, started>(in, stride, sum);
    } else {
      const Vector x = in[column * stride];
      Vector next;
      if constexpr (c == 1)
        next = started ? sum + x : x;
      else if constexpr (c == -1)
        next = started ? sum - x : -x;
      else
        next = started ? sum + x * static_cast<float>(c) : x * static_cast<float>(c);
      return row_product<M, kind, transposed, row, column + 1, columns, true>(in, stride, next);
    }
  }
}

template <typename M, Kind kind, bool transposed, int columns, int... row, typename Store>
INLINE void apply(const Vector* in, int stride, const Store& store, std::integer_sequence<int, row...>) {
  (store(row, row_product<M, kind, transposed, row, 0, columns, false>(in, stride, Vector{})), ...);
}

/// K in K' for a matrix K of `rows` x `columns`: `store(i, j, value)` gets the results.
template <typename M, Kind kind, bool transposed, int rows, int columns, typename Store>
INLINE void transform(const Vector* in, const Store& store) {
  Vector half[rows * columns];
#pragma GCC unroll 1
  for (int c = 0; c < columns; c++)
    apply<M, kind, transposed, columns>(
        in + c, columns, [&](int i, Vector v) { half[i * columns + c] = v; },
        std::make_integer_sequence<int, rows>());
#pragma GCC unroll 1
  for (int i = 0; i < rows; i++)
    apply<M, kind, transposed, columns>(
        half + i * columns, 1, [&](int j, Vector v) { store(i, j, v); },
        std::make_integer_sequence<int, rows>());
}

/// Four perfect shuffles transpose 16 x 16.
INLINE void transpose(Vector* rows) {
  constexpr Indices low = {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23};
  const Indices high = low + 8;
  Vector shuffled[lanes];
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < 8; i++) {
      shuffled[2 * i] = __builtin_shuffle(rows[i], rows[i + 8], low);
      shuffled[2 * i + 1] = __builtin_shuffle(rows[i], rows[i + 8], high);
    }
    for (int i = 0; i < 8; i++) {
      rows[2 * i] = __builtin_shuffle(shuffled[i], shuffled[i + 8], low);
      rows[2 * i + 1] = __builtin_shuffle(shuffled[i], shuffled[i + 8], high);
    }
  }
}

/// A matrix product in registers: c[t][v] (+)= sum over k of a(t, k) b[k][v]. a(t, k) lies at t * at + k *
/// ak, k runs over `blocks` stretches of `inner`, `block_stride` apart; the vectors of b follow each other,
/// panels b_stride apart.
struct Product {
  const float* a;
  size_t block_stride;
  int blocks, inner;
  const float* b;
  size_t b_stride;
  float* c;
  size_t row_stride, panel_stride;
  bool accumulate;
};

template <int rows, int panels, int at, int ak>
__attribute__((noinline)) void multiply(const Product& p) {
  Vector sums[rows][panels];
  for (int t = 0; t < rows; t++)
    for (int v = 0; v < panels; v++)
      sums[t][v] = p.accumulate
                       ? *reinterpret_cast<const Vector*>(p.c + t * p.row_stride + v * p.panel_stride)
                       : Vector{};
  const float* b = p.b;
  for (int block = 0; block < p.blocks; block++) {
    const float* a = p.a + block * p.block_stride;
#pragma GCC unroll 2
    for (int k = 0; k < p.inner; k++, a += ak, b += lanes) {
      Vector w[panels];
      for (int v = 0; v < panels; v++) w[v] = *reinterpret_cast<const Vector*>(b + v * p.b_stride);
      for (int t = 0; t < rows; t++)
        for (int v = 0; v < panels; v++) sums[t][v] += a[t * at] * w[v];
    }
  }
  for (int t = 0; t < rows; t++)
    for (int v = 0; v < panels; v++)
      *reinterpret_cast<Vector*>(p.c + t * p.row_stride + v * p.panel_stride) = sums[t][v];
}

using Multiply = void (*)(const Product&);

template <int panels, int at, int ak, int... rows>
Multiply with_rows(int count, std::integer_sequence<int, rows...>) {
  static constexpr Multiply table[] = {multiply<rows + 1, panels, at, ak>...};
  return table[count - 1];
}

/// Rows that fit into the 32 registers beside `panels` vectors of b.
constexpr int most_rows[] = {0, 16, 14, 9};

template <int at, int ak>
Multiply multiply_for(int rows, int panels) {
  if (panels == 3) return with_rows<3, at, ak>(rows, std::make_integer_sequence<int, most_rows[3]>());
  if (panels == 2) return with_rows<2, at, ak>(rows, std::make_integer_sequence<int, most_rows[2]>());
  return with_rows<1, at, ak>(rows, std::make_integer_sequence<int, most_rows[1]>());
}

/// A map amid zeros, from row `top` on.
void pad_map(const Vector* from, Vector* to, int h, int w, int padding, int top, int to_h, int to_w) {
  for (int y = 0; y < to_h; y++) {
    Vector* row = to + y * to_w;
    const int source = y + top - padding;
    if (source < 0 || source >= h) {
      std::memset(row, 0, static_cast<size_t>(to_w) * sizeof(Vector));
      continue;
    }
    const int length = std::min(w, to_w - padding);
    for (int x = 0; x < padding; x++) row[x] = Vector{};
    std::memcpy(row + padding, from + source * w, static_cast<size_t>(length) * sizeof(Vector));
    for (int x = padding + length; x < to_w; x++) row[x] = Vector{};
  }
}

}  // namespace
}  // namespace convnets
