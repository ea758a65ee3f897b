// Our own loops share oneDNN's threads: both run on the OpenMP team of the compute thread.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>

namespace convnets {

/// Calls `body(begin, end)` on contiguous shares of [0, count), on as many threads as have `grain` items to
/// do. Shares depend on the number of threads alone, so results do not vary from run to run.
template <typename Body>
void parallel(int64_t count, int64_t grain, const Body& body) {
  const int64_t useful = std::min<int64_t>(omp_get_max_threads(), count / std::max<int64_t>(grain, 1));
  if (useful <= 1) {
    body(int64_t{0}, count);
    return;
  }
#pragma omp parallel num_threads(static_cast <int>(useful))
  {
    const int64_t threads = omp_get_num_threads(), thread = omp_get_thread_num();
    body(count * thread / threads, count * (thread + 1) / threads);
  }
}

/// Compiles a loop once for each level of vector instructions; the best one is picked when the addon is
/// loaded.
#if defined(__x86_64__) && defined(__ELF__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define VECTORIZED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VECTORIZED
#endif

}  // namespace convnets
