// Convolutions: oneDNN's, direct or Winograd, or one of our own transforms, whichever measures fastest for
// the shape at hand.
#include "convolution.h"

#include "choose.h"
#include "conv_attrs.h"
#include "transformed.h"

namespace convnets {

namespace {

/// oneDNN gives grouped weights an axis of their own: [g, k / g, c / g, kh, kw].
Type grouped(const Type& weight, int64_t groups) {
  Type type = weight;
  type.dims.insert(type.dims.begin(), groups);
  type.dims[1] /= groups;
  return type;
}

std::string key_of(const char* direction, const Type& x, const Type& weight, const ConvAttrs& attrs,
                   const Epilogue& end, bool constant) {
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
  key += " g " + std::to_string(attrs.groups) + (end.add ? " add" : "") + (end.relu ? " relu" : "") +
         (constant ? " constant" : "");
  return key;
}

bool winograd_fits(const Type& weight, const ConvAttrs& attrs) {
  return weight.dims[2] == 3 && weight.dims[3] == 3 && attrs.groups == 1 &&
         attrs.geometry.stride == Dims{1, 1} && attrs.geometry.dilation == Dims{0, 0};
}

size_t bytes_of(const Type& weight) { return static_cast<size_t>(weight.size()) * sizeof(float); }

/// The weights as the primitive wants them. A state without a layout takes the primitive's.
Placed weights_as(Lowering& at, size_t index, int64_t groups, const Md& wanted) {
  if (groups == 1) return at.operand_as(index, wanted);
  const Placed plain{plain_md(grouped(at.input_type(index), groups)), at.plain_operand(index).slot};
  if (plain.md == wanted) return plain;
  const Placed reordered{wanted, at.scratch_from(plain.slot, wanted.get_size())};
  at.emit_reorder(plain, reordered);
  return reordered;
}

/// The primitive to run, or one of our own transforms instead.
template <typename Pd>
struct Choice {
  Pd pd;
  Transformed own;
};

template <typename Make, typename Measure>
auto fastest(Lowering& at, const std::string& key, bool winograd, bool cold, const Make& make,
             const std::vector<Transformed>& own, const Measure& measure) {
  auto direct = make(dnnl::algorithm::convolution_direct);
  if (!direct) throw Unsupported(at.node().op + ": oneDNN has no implementation for this convolution");
  Choice<decltype(direct)> choice{direct, {}};
  if (at.exact()) return choice;
  auto transformed = winograd ? make(dnnl::algorithm::convolution_winograd) : decltype(direct)();
  std::vector<Candidate> candidates = {{"direct", [&] { return seconds_of(direct.get(), cold); }}};
  if (transformed) candidates.push_back({"winograd", [&] { return seconds_of(transformed.get(), cold); }});
  const size_t primitives = candidates.size();
  for (const Transformed& candidate : own)
    candidates.push_back({candidate.name(), [&, candidate] { return measure(candidate); }});
  if (candidates.size() == 1) return choice;
  const size_t best = choose(at.choices(), key, candidates);
  if (best >= primitives)
    choice.own = own[best - primitives];
  else if (best == 1)
    choice.pd = transformed;
  return choice;
}

dnnl::convolution_forward::primitive_desc forward_hint(const Type& x, const Type& weight, const Type& y,
                                                       const ConvAttrs& attrs, dnnl::algorithm algorithm) {
  const Type w = attrs.groups == 1 ? weight : grouped(weight, attrs.groups);
  return conv_forward(cpu(), dnnl::prop_kind::forward_training, algorithm, any_md(x), any_md(w), Md(),
                      any_md(y), attrs.geometry, user_scratchpad());
}

void forward(Lowering& at, const Epilogue& end) {
  const ConvAttrs attrs(at);
  const Type &x = at.input_type(0), &weight = at.input_type(1), &y = at.result_type(0);
  const Type w = attrs.groups == 1 ? weight : grouped(weight, attrs.groups);
  const Md bias_md = end.bias ? plain_md(at.input_type(2)) : Md();
  // Weights nobody else reads may take the form a transform likes best; others must be readable by gradients.
  const Value& weights = at.input(1);
  const bool inference = weights.constant && weights.uses == 0;
  const auto kind = inference ? dnnl::prop_kind::forward_inference : dnnl::prop_kind::forward_training;
  dnnl::primitive_attr attr = user_scratchpad();
  dnnl::post_ops ops;
  if (end.add) ops.append_sum();
  if (end.relu) append_relu(ops);
  attr.set_post_ops(ops);
  const auto make = [&](dnnl::algorithm algorithm) {
    return conv_forward(cpu(), kind, algorithm, any_md(x), any_md(w), bias_md, any_md(y), attrs.geometry,
                        attr);
  };
  const std::string key = key_of(inference ? "infer" : "forward", x, weight, attrs, end, weights.constant);
  const WinogradShape shape = transformed_shape(at, x, weight, attrs);
  const auto choice = fastest(
      at, key, winograd_fits(weight, attrs), weights.constant && cold(bytes_of(weight)), make,
      transformed_candidates(shape),
      [&](const Transformed& own) { return measure_transformed(own, shape, false, weights.constant); });
  if (choice.own.transform != nullptr) return emit_transformed(at, choice.own, shape, false, end);
  const auto& pd = choice.pd;
  const Placed source = at.operand_as(0, pd.src_desc());
  const Placed filter = weights_as(at, 1, attrs.groups, pd.weights_desc());
  std::vector<PrimitiveArg> args = {{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, filter}};
  if (end.bias) args.push_back({DNNL_ARG_BIAS, at.operand_as(2, bias_md)});
  const Placed to =
      end.add ? at.define_holding(0, 3, pd.dst_desc(), source.slot) : at.define(0, pd.dst_desc());
  args.push_back({DNNL_ARG_DST, to});
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
  const std::string key = key_of("weights", x, weight, attrs, {}, false);
  const WinogradShape shape = transformed_shape(at, x, weight, attrs);
  const auto choice =
      fastest(at, key, winograd_fits(weight, attrs), false, make, transformed_gradient_candidates(shape),
              [&](const Transformed& own) { return measure_transformed_gradient(own, shape); });
  if (choice.own.transform != nullptr) return emit_transformed_gradient(at, choice.own, shape, bias);
  const auto& pd = choice.pd;
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

void conv2d(Lowering& at) { forward(at, {}); }

void conv2d_bias(Lowering& at) { forward(at, {true, false, at.integer(9) == 1}); }

void conv2d_bias_add(Lowering& at) { forward(at, {true, true, at.integer(9) == 1}); }

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
  const bool constant = at.input(1).constant;
  const std::string key = key_of("data", x, weight, attrs, {}, constant);
  // The gradient is a convolution of dy with the taps flipped and the channels swapped.
  const WinogradShape whole = transformed_shape(at, x, weight, attrs);
  const WinogradShape shape{whole.n,       whole.out,     whole.in,
                            whole.out_h(), whole.out_w(), whole.kernel - 1 - whole.padding,
                            whole.kernel};
  const auto choice =
      fastest(at, key, winograd_fits(weight, attrs), false, make, transformed_candidates(shape),
              [&](const Transformed& own) { return measure_transformed(own, shape, true, constant); });
  if (choice.own.transform != nullptr) return emit_transformed(at, choice.own, shape, true, {});
  const auto& pd = choice.pd;
  at.emit_primitive(pd, dnnl::convolution_backward_data(pd),
                    {{DNNL_ARG_DIFF_DST, at.operand_as(0, pd.diff_dst_desc())},
                     {DNNL_ARG_WEIGHTS, weights_as(at, 1, attrs.groups, pd.weights_desc())},
                     {DNNL_ARG_DIFF_SRC, at.define(0, pd.diff_src_desc())}});
}

}  // namespace convnets
