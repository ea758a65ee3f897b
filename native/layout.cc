#include "layout.h"

namespace convnets {

namespace {

dnnl::memory::data_type dnnl_type(DType dtype) {
  switch (dtype) {
    case DType::u8: return dnnl::memory::data_type::u8;
    case DType::i32: return dnnl::memory::data_type::s32;
    default: return dnnl::memory::data_type::f32;
  }
}

/// oneDNN has no tensors of rank 0.
Dims ranked(const Dims& dims) { return dims.empty() ? Dims{1} : dims; }

Dims row_major_strides(const Dims& dims) {
  Dims strides(dims.size(), 1);
  for (size_t axis = dims.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * dims[axis];
  return strides;
}

}  // namespace

int64_t Type::size() const {
  int64_t product = 1;
  for (const int64_t extent : dims) product *= extent;
  return product;
}

Md plain_md(const Type& type) {
  const Dims dims = ranked(type.dims);
  return Md(dims, dnnl_type(type.dtype), row_major_strides(dims));
}

Md any_md(const Type& type) {
  return Md(ranked(type.dims), dnnl_type(type.dtype), dnnl::memory::format_tag::any);
}

Md channels_last_md(const Type& type) {
  return Md(type.dims, dnnl_type(type.dtype), dnnl::memory::format_tag::nhwc);
}

bool is_plain(const Md& md) {
  const Blocks blocks = blocks_of(md);
  if (!blocks.blocked || !blocks.sizes.empty()) return false;
  const Dims dims = dims_of(md), expected = row_major_strides(dims);
  for (size_t axis = 0; axis < dims.size(); axis++)
    if (dims[axis] != 1 && blocks.strides[axis] != expected[axis]) return false;  // no step along extent 1
  return true;
}

bool has_image_layout(const Md& md) {
  if (is_plain(md)) return true;
  const Blocks blocks = blocks_of(md);
  if (!blocks.blocked || blocks.sizes.size() != 1 || blocks.axes[0] != 1 || dims_of(md).size() != 4)
    return false;
  const int64_t block = blocks.sizes[0];
  const Dims padded = padded_dims_of(md);
  const Dims expected = {padded[1] * padded[2] * padded[3], padded[2] * padded[3] * block, padded[3] * block,
                         block};
  return padded[2] == dims_of(md)[2] && padded[3] == dims_of(md)[3] && blocks.strides == expected;
}

ImageLayout image_layout(const Md& md) {
  const Dims dims = dims_of(md);
  ImageLayout layout{dims[0], dims.size() > 1 ? dims[1] : 1, 1, 1};
  for (size_t axis = 2; axis < dims.size(); axis++) layout.inner *= dims[axis];
  const Blocks blocks = blocks_of(md);
  if (!blocks.sizes.empty()) layout.block = blocks.sizes[0];
  return layout;
}

Md same_layout(const Type& type, int64_t block) {
  if (block == 1 || type.dims.size() != 4) return plain_md(type);
  const auto tag = block == 16 ? dnnl::memory::format_tag::nChw16c : dnnl::memory::format_tag::nChw8c;
  return Md(type.dims, dnnl_type(type.dtype), tag);
}

}  // namespace convnets
