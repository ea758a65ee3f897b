#include "peak.h"

#include <omp.h>

#include <chrono>

#include "parallel.h"

namespace convnets {

namespace {

// Enough independent chains to fill two FMA units of latency 4, in vectors of 16 floats.
constexpr int chains = 12, lanes = 16;

VECTORIZED __attribute__((noinline)) float multiply_add(int64_t rounds, float factor) {
  using Vector = float __attribute__((vector_size(lanes * sizeof(float))));
  Vector sums[chains];
  for (int chain = 0; chain < chains; chain++)
    sums[chain] = Vector{} + static_cast<float>(chain);  // equal ones would merge
  for (int64_t round = 0; round < rounds; round++)
#pragma GCC unroll 12
    for (Vector& sum : sums) sum = sum * factor + factor;
  Vector total = {};
  for (const Vector& sum : sums) total += sum;
  return total[0];
}

}  // namespace

double measure_peak() {
  constexpr int64_t rounds = 2'000'000;
  double best = 0;
  for (int attempt = 0; attempt < 5; attempt++) {
    const auto start = std::chrono::steady_clock::now();
    float sink = 0;
#pragma omp parallel reduction(+ : sink)
    sink += multiply_add(rounds, 0.5f);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double flops = 2.0 * chains * lanes * static_cast<double>(rounds) * omp_get_max_threads();
    if (sink != 0) best = std::max(best, flops / seconds * 1e-9);
  }
  return best;
}

}  // namespace convnets
