// Pooling is oneDNN's, except means whose divisor its two modes can't express.
#include "pooling.h"

#include <algorithm>

#include "parallel.h"

namespace convnets {

namespace {

/// The flat form: kernel 2, stride 2, padding 4 (top, left, bottom, right), ceil, and for means countPadding.
struct PoolAttrs {
  PoolGeometry geometry;
  Dims given_after;
  bool count_padding = false;

  PoolAttrs(const Lowering& at, const Type& x, const Type& y, bool average) {
    geometry.kernel = at.integers(0, 2);
    geometry.stride = at.integers(2, 2);
    geometry.padding_before = at.integers(4, 2);
    given_after = at.integers(6, 2);
    if (average) count_padding = at.integer(9) == 1;
    // oneDNN has no ceil mode: its trailing padding has to reach as far as the last window.
    for (size_t i = 0; i < 2; i++) {
      const int64_t reach = (y.dims[2 + i] - 1) * geometry.stride[i] + geometry.kernel[i];
      geometry.padding_after.push_back(
          std::max<int64_t>(0, reach - x.dims[2 + i] - geometry.padding_before[i]));
    }
  }

  /// Padding counts in the divisor, but what ceil mode adds beyond it does not: neither of oneDNN's modes.
  bool mixed_divisor() const {
    return count_padding &&
           (geometry.padding_after[0] > given_after[0] || geometry.padding_after[1] > given_after[1]);
  }

  dnnl::algorithm mean() const {
    return count_padding ? dnnl::algorithm::pooling_avg_include_padding
                         : dnnl::algorithm::pooling_avg_exclude_padding;
  }
};

/// Calls `visit(window, first row, end row, first column, end column, divisor)` for every window of one map.
template <typename Visit>
void each_window(const PoolAttrs& attrs, const Type& x, const Type& y, const Visit& visit) {
  const int64_t h = x.dims[2], w = x.dims[3];
  for (int64_t row = 0; row < y.dims[2]; row++)
    for (int64_t column = 0; column < y.dims[3]; column++) {
      const int64_t top = row * attrs.geometry.stride[0] - attrs.geometry.padding_before[0];
      const int64_t left = column * attrs.geometry.stride[1] - attrs.geometry.padding_before[1];
      const int64_t bottom = std::min(top + attrs.geometry.kernel[0], h + attrs.given_after[0]);
      const int64_t right = std::min(left + attrs.geometry.kernel[1], w + attrs.given_after[1]);
      visit(row * y.dims[3] + column, std::max<int64_t>(top, 0), std::min(bottom, h),
            std::max<int64_t>(left, 0), std::min(right, w),
            static_cast<float>((bottom - top) * (right - left)));
    }
}

void mixed_mean(Lowering& at, const PoolAttrs& attrs) {
  const Type x = at.input_type(0), y = at.result_type(0);
  Slot* from = at.plain_operand(0).slot;
  Slot* to = at.define_plain(0).slot;
  at.emit("loop", {from, to}, [=] {
    const int64_t in = x.dims[2] * x.dims[3], out = y.dims[2] * y.dims[3];
    parallel(x.dims[0] * x.dims[1], 1, [&](int64_t begin, int64_t end) {
      for (int64_t map = begin; map < end; map++)
        each_window(attrs, x, y,
                    [&](int64_t at, int64_t top, int64_t bottom, int64_t left, int64_t right, float n) {
                      float sum = 0;
                      for (int64_t i = top; i < bottom; i++)
                        for (int64_t j = left; j < right; j++)
                          sum += from->f32()[map * in + i * x.dims[3] + j];
                      to->f32()[map * out + at] = sum / n;
                    });
    });
  });
}

void mixed_mean_grad(Lowering& at, const PoolAttrs& attrs) {
  const Type y = at.input_type(0), x = at.result_type(0);
  Slot* from = at.plain_operand(0).slot;
  Slot* to = at.define_plain(0).slot;
  at.emit("loop", {from, to}, [=] {
    const int64_t in = x.dims[2] * x.dims[3], out = y.dims[2] * y.dims[3];
    parallel(x.dims[0] * x.dims[1], 1, [&](int64_t begin, int64_t end) {
      std::fill(to->f32() + begin * in, to->f32() + end * in, 0.f);
      for (int64_t map = begin; map < end; map++)
        each_window(attrs, x, y,
                    [&](int64_t at, int64_t top, int64_t bottom, int64_t left, int64_t right, float n) {
                      const float share = from->f32()[map * out + at] / n;
                      for (int64_t i = top; i < bottom; i++)
                        for (int64_t j = left; j < right; j++)
                          to->f32()[map * in + i * x.dims[3] + j] += share;
                    });
    });
  });
}

dnnl::pooling_forward::primitive_desc forward_pd(dnnl::prop_kind kind, dnnl::algorithm algorithm, const Md& x,
                                                 const Type& y, const PoolAttrs& attrs) {
  return pool_forward(cpu(), kind, algorithm, x, any_md(y), attrs.geometry, user_scratchpad());
}

}  // namespace

void max_pool(Lowering& at) {
  const PoolAttrs attrs(at, at.input_type(0), at.result_type(0), false);
  const bool training = at.needed(1);
  // The gradient finds the indices again in the layouts of our own loops only.
  const Placed x = training ? at.image_operand(0) : at.operand(0);
  const auto pd =
      forward_pd(training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference,
                 dnnl::algorithm::pooling_max, x.md, at.result_type(0), attrs);
  std::vector<PrimitiveArg> args = {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, at.define(0, pd.dst_desc())}};
  // oneDNN's workspace is what the op calls indices: the place of the maximum in its window, as u8.
  if (training) args.push_back({DNNL_ARG_WORKSPACE, at.define(1, pd.workspace_desc())});
  at.emit_primitive(pd, dnnl::pooling_forward(pd), args);
}

void max_pool_input_grad(Lowering& at) {
  const Type &dy = at.input_type(0), &x = at.result_type(0);
  const PoolAttrs attrs(at, x, dy, false);
  const Placed indices = at.operand(1);
  const int64_t block = has_image_layout(indices.md) ? image_layout(indices.md).block : 1;
  const auto hint = forward_pd(dnnl::prop_kind::forward_training, dnnl::algorithm::pooling_max,
                               same_layout(x, block), dy, attrs);
  const auto pd = pool_backward(cpu(), dnnl::algorithm::pooling_max, same_layout(x, block), hint.dst_desc(),
                                attrs.geometry, hint, user_scratchpad());
  if (!pd) throw Unsupported("maxPool2dInputGrad: oneDNN has no implementation for this pooling");
  at.emit_primitive(pd, dnnl::pooling_backward(pd),
                    {{DNNL_ARG_DIFF_DST, at.operand_as(0, pd.diff_dst_desc())},
                     {DNNL_ARG_WORKSPACE, at.operand_as(1, hint.workspace_desc())},
                     {DNNL_ARG_DIFF_SRC, at.define(0, pd.diff_src_desc())}});
}

void avg_pool(Lowering& at) {
  const PoolAttrs attrs(at, at.input_type(0), at.result_type(0), true);
  if (attrs.mixed_divisor()) return mixed_mean(at, attrs);
  const Placed x = at.operand(0);
  const auto pd =
      forward_pd(dnnl::prop_kind::forward_inference, attrs.mean(), x.md, at.result_type(0), attrs);
  at.emit_primitive(pd, dnnl::pooling_forward(pd),
                    {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, at.define(0, pd.dst_desc())}});
}

void avg_pool_input_grad(Lowering& at) {
  const Type &dy = at.input_type(0), &x = at.result_type(0);
  const PoolAttrs attrs(at, x, dy, true);
  if (attrs.mixed_divisor()) return mixed_mean_grad(at, attrs);
  const Placed gradient = at.image_operand(0);
  const int64_t block = image_layout(gradient.md).block;
  const auto hint =
      forward_pd(dnnl::prop_kind::forward_training, attrs.mean(), same_layout(x, block), dy, attrs);
  const auto pd = pool_backward(cpu(), attrs.mean(), same_layout(x, block), gradient.md, attrs.geometry, hint,
                                user_scratchpad());
  if (!pd) throw Unsupported("avgPool2dInputGrad: oneDNN has no implementation for this pooling");
  at.emit_primitive(pd, dnnl::pooling_backward(pd),
                    {{DNNL_ARG_DIFF_DST, gradient}, {DNNL_ARG_DIFF_SRC, at.define(0, pd.diff_src_desc())}});
}

}  // namespace convnets
