#pragma once

namespace convnets {

/// GFLOP/s of fused multiply-adds on all threads, out of registers: what no kernel can pass. For a compute
/// thread.
double measure_peak();

}  // namespace convnets
