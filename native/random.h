// The counter-based randomness of src/ir/random.ts, bit for bit.
#pragma once

#include <cstdint>

namespace convnets {

inline uint32_t mix(uint32_t h) {
  h = (h ^ (h >> 16)) * 0x85ebca6bu;
  h = (h ^ (h >> 13)) * 0xc2b2ae35u;
  return h ^ (h >> 16);
}

inline uint32_t stream_key(uint32_t seed, uint32_t stream) { return mix(mix(seed) + stream); }

inline uint32_t random_bits(uint32_t key, uint32_t index) { return mix(key + index * 0x9e3779b1u); }

/// As src/ops/dropout.ts defines it.
inline uint32_t dropout_key(uint32_t seed, uint32_t step, uint32_t salt) {
  return stream_key(stream_key(seed, step), salt);
}

}  // namespace convnets
