// The parts of oneDNN whose C++ API differs between 2.x and 3.x: descriptors of primitives and of memory.
#pragma once

#include <oneapi/dnnl/dnnl_version.h>

#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

namespace convnets {

using Md = dnnl::memory::desc;
using Dims = dnnl::memory::dims;

struct ConvGeometry {
  Dims stride, dilation, padding_before, padding_after;
};

struct PoolGeometry {
  Dims stride, kernel, padding_before, padding_after;
};

/// The inner blocks of a blocked layout: `nChw16c` has one, of 16, on axis 1.
struct Blocks {
  bool blocked = false;  // false for opaque layouts, such as transformed weights
  std::vector<int64_t> sizes;
  std::vector<int64_t> axes;
  std::vector<int64_t> strides;
};

#if DNNL_VERSION_MAJOR >= 3

inline Blocks blocks_of(const Md& md) {
  Blocks blocks;
  if (md.get_format_kind() != dnnl::memory::format_kind::blocked) return blocks;
  blocks.blocked = true;
  blocks.sizes = md.get_inner_blks();
  blocks.axes = md.get_inner_idxs();
  blocks.strides = md.get_strides();
  return blocks;
}

inline Dims dims_of(const Md& md) { return md.get_dims(); }
inline Dims padded_dims_of(const Md& md) { return md.get_padded_dims(); }

inline void append_relu(dnnl::post_ops& ops) { ops.append_eltwise(dnnl::algorithm::eltwise_relu, 0.f, 0.f); }

inline auto conv_forward(const dnnl::engine& engine, dnnl::prop_kind kind, dnnl::algorithm algorithm,
                         const Md& x, const Md& weight, const Md& bias, const Md& y, const ConvGeometry& g,
                         const dnnl::primitive_attr& attr) {
  using Pd = dnnl::convolution_forward::primitive_desc;
  return bias.is_zero() ? Pd(engine, kind, algorithm, x, weight, y, g.stride, g.dilation, g.padding_before,
                             g.padding_after, attr, true)
                        : Pd(engine, kind, algorithm, x, weight, bias, y, g.stride, g.dilation,
                             g.padding_before, g.padding_after, attr, true);
}

inline auto conv_backward_data(const dnnl::engine& engine, dnnl::algorithm algorithm, const Md& dx,
                               const Md& weight, const Md& dy, const ConvGeometry& g,
                               const dnnl::convolution_forward::primitive_desc& hint,
                               const dnnl::primitive_attr& attr) {
  return dnnl::convolution_backward_data::primitive_desc(engine, algorithm, dx, weight, dy, g.stride,
                                                         g.dilation, g.padding_before, g.padding_after, hint,
                                                         attr, true);
}

inline auto conv_backward_weights(const dnnl::engine& engine, dnnl::algorithm algorithm, const Md& x,
                                  const Md& dweight, const Md& dbias, const Md& dy, const ConvGeometry& g,
                                  const dnnl::convolution_forward::primitive_desc& hint,
                                  const dnnl::primitive_attr& attr) {
  using Pd = dnnl::convolution_backward_weights::primitive_desc;
  return dbias.is_zero() ? Pd(engine, algorithm, x, dweight, dy, g.stride, g.dilation, g.padding_before,
                              g.padding_after, hint, attr, true)
                         : Pd(engine, algorithm, x, dweight, dbias, dy, g.stride, g.dilation,
                              g.padding_before, g.padding_after, hint, attr, true);
}

inline auto pool_forward(const dnnl::engine& engine, dnnl::prop_kind kind, dnnl::algorithm algorithm,
                         const Md& x, const Md& y, const PoolGeometry& g, const dnnl::primitive_attr& attr) {
  return dnnl::pooling_forward::primitive_desc(engine, kind, algorithm, x, y, g.stride, g.kernel, {0, 0},
                                               g.padding_before, g.padding_after, attr, true);
}

inline auto pool_backward(const dnnl::engine& engine, dnnl::algorithm algorithm, const Md& dx, const Md& dy,
                          const PoolGeometry& g, const dnnl::pooling_forward::primitive_desc& hint,
                          const dnnl::primitive_attr& attr) {
  return dnnl::pooling_backward::primitive_desc(engine, algorithm, dx, dy, g.stride, g.kernel, {0, 0},
                                                g.padding_before, g.padding_after, hint, attr, true);
}

inline auto linear_forward(const dnnl::engine& engine, dnnl::prop_kind kind, const Md& x, const Md& weight,
                           const Md& bias, const Md& y, const dnnl::primitive_attr& attr) {
  using Pd = dnnl::inner_product_forward::primitive_desc;
  return bias.is_zero() ? Pd(engine, kind, x, weight, y, attr, true)
                        : Pd(engine, kind, x, weight, bias, y, attr, true);
}

inline auto linear_backward_data(const dnnl::engine& engine, const Md& dx, const Md& weight, const Md& dy,
                                 const dnnl::inner_product_forward::primitive_desc& hint,
                                 const dnnl::primitive_attr& attr) {
  return dnnl::inner_product_backward_data::primitive_desc(engine, dx, weight, dy, hint, attr, true);
}

inline auto linear_backward_weights(const dnnl::engine& engine, const Md& x, const Md& dweight,
                                    const Md& dbias, const Md& dy,
                                    const dnnl::inner_product_forward::primitive_desc& hint,
                                    const dnnl::primitive_attr& attr) {
  using Pd = dnnl::inner_product_backward_weights::primitive_desc;
  return dbias.is_zero() ? Pd(engine, x, dweight, dy, hint, attr, true)
                         : Pd(engine, x, dweight, dbias, dy, hint, attr, true);
}

#else

inline Blocks blocks_of(const Md& md) {
  Blocks blocks;
  if (md.data.format_kind != dnnl_blocked) return blocks;
  const dnnl_blocking_desc_t& b = md.data.format_desc.blocking;
  blocks.blocked = true;
  blocks.sizes.assign(b.inner_blks, b.inner_blks + b.inner_nblks);
  blocks.axes.assign(b.inner_idxs, b.inner_idxs + b.inner_nblks);
  blocks.strides.assign(b.strides, b.strides + md.data.ndims);
  return blocks;
}

inline Dims dims_of(const Md& md) { return md.dims(); }

inline Dims padded_dims_of(const Md& md) {
  return Dims(md.data.padded_dims, md.data.padded_dims + md.data.ndims);
}

inline void append_relu(dnnl::post_ops& ops) {
  ops.append_eltwise(1.f, dnnl::algorithm::eltwise_relu, 0.f, 0.f);
}

inline auto conv_forward(const dnnl::engine& engine, dnnl::prop_kind kind, dnnl::algorithm algorithm,
                         const Md& x, const Md& weight, const Md& bias, const Md& y, const ConvGeometry& g,
                         const dnnl::primitive_attr& attr) {
  using Conv = dnnl::convolution_forward;
  const Conv::desc desc = bias.is_zero() ? Conv::desc(kind, algorithm, x, weight, y, g.stride, g.dilation,
                                                      g.padding_before, g.padding_after)
                                         : Conv::desc(kind, algorithm, x, weight, bias, y, g.stride,
                                                      g.dilation, g.padding_before, g.padding_after);
  return Conv::primitive_desc(desc, attr, engine, true);
}

inline auto conv_backward_data(const dnnl::engine& engine, dnnl::algorithm algorithm, const Md& dx,
                               const Md& weight, const Md& dy, const ConvGeometry& g,
                               const dnnl::convolution_forward::primitive_desc& hint,
                               const dnnl::primitive_attr& attr) {
  using Conv = dnnl::convolution_backward_data;
  const Conv::desc desc(algorithm, dx, weight, dy, g.stride, g.dilation, g.padding_before, g.padding_after);
  return Conv::primitive_desc(desc, attr, engine, hint, true);
}

inline auto conv_backward_weights(const dnnl::engine& engine, dnnl::algorithm algorithm, const Md& x,
                                  const Md& dweight, const Md& dbias, const Md& dy, const ConvGeometry& g,
                                  const dnnl::convolution_forward::primitive_desc& hint,
                                  const dnnl::primitive_attr& attr) {
  using Conv = dnnl::convolution_backward_weights;
  const Conv::desc desc = dbias.is_zero() ? Conv::desc(algorithm, x, dweight, dy, g.stride, g.dilation,
                                                       g.padding_before, g.padding_after)
                                          : Conv::desc(algorithm, x, dweight, dbias, dy, g.stride, g.dilation,
                                                       g.padding_before, g.padding_after);
  return Conv::primitive_desc(desc, attr, engine, hint, true);
}

inline auto pool_forward(const dnnl::engine& engine, dnnl::prop_kind kind, dnnl::algorithm algorithm,
                         const Md& x, const Md& y, const PoolGeometry& g, const dnnl::primitive_attr& attr) {
  using Pool = dnnl::pooling_forward;
  const Pool::desc desc(kind, algorithm, x, y, g.stride, g.kernel, g.padding_before, g.padding_after);
  return Pool::primitive_desc(desc, attr, engine, true);
}

inline auto pool_backward(const dnnl::engine& engine, dnnl::algorithm algorithm, const Md& dx, const Md& dy,
                          const PoolGeometry& g, const dnnl::pooling_forward::primitive_desc& hint,
                          const dnnl::primitive_attr& attr) {
  using Pool = dnnl::pooling_backward;
  const Pool::desc desc(algorithm, dx, dy, g.stride, g.kernel, g.padding_before, g.padding_after);
  return Pool::primitive_desc(desc, attr, engine, hint, true);
}

inline auto linear_forward(const dnnl::engine& engine, dnnl::prop_kind kind, const Md& x, const Md& weight,
                           const Md& bias, const Md& y, const dnnl::primitive_attr& attr) {
  using Linear = dnnl::inner_product_forward;
  const Linear::desc desc =
      bias.is_zero() ? Linear::desc(kind, x, weight, y) : Linear::desc(kind, x, weight, bias, y);
  return Linear::primitive_desc(desc, attr, engine, true);
}

inline auto linear_backward_data(const dnnl::engine& engine, const Md& dx, const Md& weight, const Md& dy,
                                 const dnnl::inner_product_forward::primitive_desc& hint,
                                 const dnnl::primitive_attr& attr) {
  using Linear = dnnl::inner_product_backward_data;
  return Linear::primitive_desc(Linear::desc(dx, weight, dy), attr, engine, hint, true);
}

inline auto linear_backward_weights(const dnnl::engine& engine, const Md& x, const Md& dweight,
                                    const Md& dbias, const Md& dy,
                                    const dnnl::inner_product_forward::primitive_desc& hint,
                                    const dnnl::primitive_attr& attr) {
  using Linear = dnnl::inner_product_backward_weights;
  const Linear::desc desc =
      dbias.is_zero() ? Linear::desc(x, dweight, dy) : Linear::desc(x, dweight, dbias, dy);
  return Linear::primitive_desc(desc, attr, engine, hint, true);
}

#endif

}  // namespace convnets
