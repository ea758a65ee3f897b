// Convolutions are oneDNN's: direct or Winograd, whichever measures faster for the shape at hand.
#include "convolution.h"

#include "choose.h"

namespace convnets {

namespace {

/// The flat form of a convolution's attributes: stride 2, padding 4 (top, left, bottom, right), dilation 2, groups.
struct ConvAttrs {
  ConvGeometry geometry;
  int64_t groups;

  explicit ConvAttrs(const Lowering& at) : groups(at.integer(8)) {
    geometry.stride = at.integers(0, 2);
    geometry.padding_before = at.integers(2, 2);
    geometry.padding_after = at.integers(4, 2);
    geometry.dilation = {at.integer(6) - 1, at.integer(7) - 1};  // oneDNN counts the gaps
  }
};

/// oneDNN gives grouped weights an axis of their own: [g, k / g, c / g, kh, kw].
Type grouped(const Type& weight, int64_t groups) {
  Type type = weight;
  type.dims.insert(type.dims.begin(), groups);
  type.dims[1] /= groups;
  return type;
}

std::string key_of(const char* direction, const Type& x, const Type& weight, const ConvAttrs& attrs,
                   bool relu) {
  std::string key = direction;
  const auto append = [&key](const char* name, const Dims& list) {
    key += name;
    for (const int64_t number : list) key += " " + std::to_string(number);
  };
  append(" x", x.dims);
  append(" w", weight.dims);
  append(" s", attrs.geometry.stride);
  append(" p", attrs.geometry.padding_before);
  append(" q", attrs.geometry.padding_after);
  append(" d", attrs.geometry.dilation);
  key += " g " + std::to_string(attrs.groups) + (relu ? " relu" : "");
  return key;
}

bool winograd_fits(const Type& weight, const ConvAttrs& attrs) {
  return weight.dims[2] == 3 && weight.dims[3] == 3 && attrs.groups == 1 &&
         attrs.geometry.stride == Dims{1, 1} && attrs.geometry.dilation == Dims{0, 0};
}

/// The weights as the primitive wants them. A state without a layout takes the primitive's.
Placed weights_as(Lowering& at, size_t index, int64_t groups, const Md& wanted) {
  if (groups == 1) return at.operand_as(index, wanted);
  const Placed plain{plain_md(grouped(at.input_type(index), groups)), at.plain_operand(index).slot};
  if (plain.md == wanted) return plain;
  const Placed reordered{wanted, at.scratch(wanted.get_size())};
  at.emit_reorder(plain, reordered);
  return reordered;
}

template <typename Make>
auto fastest(Lowering& at, const std::string& key, bool winograd, const Make& make) {
  auto direct = make(dnnl::algorithm::convolution_direct);
  if (!direct) throw Unsupported(at.node().op + ": oneDNN has no implementation for this convolution");
  if (!winograd || at.exact()) return direct;
  auto transformed = make(dnnl::algorithm::convolution_winograd);
  if (!transformed) return direct;
  const bool faster = choose(at.choices(), key, {{"direct", direct.get()}, {"winograd", transformed.get()}}) == 1;
  return faster ? transformed : direct;
}

dnnl::convolution_forward::primitive_desc forward_hint(const Type& x, const Type& weight, const Type& y,
                                                       const ConvAttrs& attrs, dnnl::algorithm algorithm) {
  const Type w = attrs.groups == 1 ? weight : grouped(weight, attrs.groups);
  return conv_forward(cpu(), dnnl::prop_kind::forward_training, algorithm, any_md(x), any_md(w), Md(), any_md(y),
                      attrs.geometry, user_scratchpad());
}

void forward(Lowering& at, bool bias, bool relu) {
  const ConvAttrs attrs(at);
  const Type &x = at.input_type(0), &weight = at.input_type(1), &y = at.result_type(0);
  const Type w = attrs.groups == 1 ? weight : grouped(weight, attrs.groups);
  const Md bias_md = bias ? plain_md(at.input_type(2)) : Md();
  // Weights nobody else reads may take the form a transform likes best; others must be readable by gradients.
  const Value& weights = at.input(1);
  const bool inference = weights.role == Role::state && weights.uses == 0 && !weights.updated;
  const auto kind = inference ? dnnl::prop_kind::forward_inference : dnnl::prop_kind::forward_training;
  dnnl::primitive_attr attr = user_scratchpad();
  if (relu) {
    dnnl::post_ops ops;
    append_relu(ops);
    attr.set_post_ops(ops);
  }
  const auto make = [&](dnnl::algorithm algorithm) {
    return conv_forward(cpu(), kind, algorithm, any_md(x), any_md(w), bias_md, any_md(y), attrs.geometry, attr);
  };
  const std::string key = key_of(inference ? "infer" : "forward", x, weight, attrs, relu);
  const auto pd = fastest(at, key, winograd_fits(weight, attrs), make);
  const Placed source = at.operand_as(0, pd.src_desc());
  const Placed filter = weights_as(at, 1, attrs.groups, pd.weights_desc());
  std::vector<PrimitiveArg> args = {{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, filter}};
  if (bias) args.push_back({DNNL_ARG_BIAS, at.operand_as(2, bias_md)});
  args.push_back({DNNL_ARG_DST, at.define(0, pd.dst_desc())});
  at.emit_primitive(pd, dnnl::convolution_forward(pd), args);
}

void weight_grad(Lowering& at, bool bias) {
  const ConvAttrs attrs(at);
  const Type &x = at.input_type(0), &dy = at.input_type(1), &weight = at.result_type(0);
  const Type w = attrs.groups == 1 ? weight : grouped(weight, attrs.groups);
  const Md bias_md = bias ? plain_md(at.result_type(1)) : Md();
  const auto make = [&](dnnl::algorithm algorithm) {
    const auto hint = forward_hint(x, weight, dy, attrs, algorithm);
    using Pd = dnnl::convolution_backward_weights::primitive_desc;
    if (!hint) return Pd();
    return conv_backward_weights(cpu(), algorithm, any_md(x), any_md(w), bias_md, any_md(dy), attrs.geometry,
                                 hint, user_scratchpad());
  };
  const std::string key = key_of("weights", x, weight, attrs, false);
  const auto pd = fastest(at, key, winograd_fits(weight, attrs), make);
  const Placed source = at.operand_as(0, pd.src_desc());
  const Placed gradient = at.operand_as(1, pd.diff_dst_desc());
  std::vector<PrimitiveArg> args = {{DNNL_ARG_SRC, source}, {DNNL_ARG_DIFF_DST, gradient}};
  if (bias) args.push_back({DNNL_ARG_DIFF_BIAS, at.define(1, bias_md)});
  if (attrs.groups == 1) {
    args.push_back({DNNL_ARG_DIFF_WEIGHTS, at.define(0, pd.diff_weights_desc())});
    at.emit_primitive(pd, dnnl::convolution_backward_weights(pd), args);
    return;
  }
  const Placed own{pd.diff_weights_desc(), at.scratch(pd.diff_weights_desc().get_size())};
  args.push_back({DNNL_ARG_DIFF_WEIGHTS, own});
  at.emit_primitive(pd, dnnl::convolution_backward_weights(pd), args);
  at.emit_reorder(own, {plain_md(w), at.define_plain(0).slot});
}

}  // namespace

void conv2d(Lowering& at) { forward(at, false, false); }

void conv2d_bias(Lowering& at) { forward(at, true, at.integer(9) == 1); }

void conv2d_weight_grad(Lowering& at) { weight_grad(at, false); }

void conv2d_parameter_grad(Lowering& at) { weight_grad(at, true); }

void conv2d_input_grad(Lowering& at) {
  const ConvAttrs attrs(at);
  const Type &dy = at.input_type(0), &weight = at.input_type(1), &x = at.result_type(0);
  const Type w = attrs.groups == 1 ? weight : grouped(weight, attrs.groups);
  const auto make = [&](dnnl::algorithm algorithm) {
    const auto hint = forward_hint(x, weight, dy, attrs, algorithm);
    using Pd = dnnl::convolution_backward_data::primitive_desc;
    if (!hint) return Pd();
    return conv_backward_data(cpu(), algorithm, any_md(x), any_md(w), any_md(dy), attrs.geometry, hint,
                              user_scratchpad());
  };
  const std::string key = key_of("data", x, weight, attrs, false);
  const auto pd = fastest(at, key, winograd_fits(weight, attrs), make);
  at.emit_primitive(pd, dnnl::convolution_backward_data(pd),
                    {{DNNL_ARG_DIFF_DST, at.operand_as(0, pd.diff_dst_desc())},
                     {DNNL_ARG_WEIGHTS, weights_as(at, 1, attrs.groups, pd.weights_desc())},
                     {DNNL_ARG_DIFF_SRC, at.define(0, pd.diff_src_desc())}});
}

}  // namespace convnets
