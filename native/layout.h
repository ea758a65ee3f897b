// Where the elements of a tensor lie. Semantics are NCHW everywhere; these are the layouts our own loops
// know.
#pragma once

#include "dnnl_api.h"

namespace convnets {

enum class DType { f32, u8, i32 };

struct Type {
  DType dtype;
  Dims dims;

  int64_t size() const;
};

Md plain_md(const Type& type);
/// The same tensor, to be laid out as a primitive likes best.
Md any_md(const Type& type);
bool is_plain(const Md& md);

/// `n`, `c` and the rest of the axes as one, with channels in blocks of `block` (1 when plain).
/// The element (n, c, i) lies at ((n * blocks + c / block) * inner + i) * block + c % block.
struct ImageLayout {
  int64_t n, c, inner, block;

  int64_t blocks() const { return (c + block - 1) / block; }
  /// Elements one image takes in memory, padding channels included.
  int64_t image() const { return blocks() * block * inner; }
};

/// The layout in which the channels of a pixel lie side by side: what some of oneDNN's kernels like best.
Md channels_last_md(const Type& type);

/// Whether our own loops can walk `md`.
bool has_image_layout(const Md& md);
ImageLayout image_layout(const Md& md);
/// `like`'s layout for another tensor.
Md same_layout(const Type& type, int64_t block);

}  // namespace convnets
