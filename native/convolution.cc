// Convolutions: oneDNN's, direct or Winograd, or one of our own transforms, whichever measures fastest for
// the shape at hand.
#include "convolution.h"

#include <algorithm>
#include <type_traits>

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

/// A primitive under the name that choices keep.
template <typename Pd>
struct Named {
  const char* name;
  Pd pd;
};

template <typename Pd, typename Make>
std::vector<Named<Pd>> primitives_of(const Make& make, bool winograd) {
  std::vector<Named<Pd>> found = {{"direct", make(dnnl::algorithm::convolution_direct)}};
  if (winograd) found.push_back({"winograd", make(dnnl::algorithm::convolution_winograd)});
  return found;
}

/// The fastest of primitives, the first of which is direct, and transforms. `moving` tells the seconds it
/// takes to bring operands into the layouts that a candidate wants them in.
template <typename Pd, typename Moving, typename Measure>
Choice<Pd> fastest(Lowering& at, const std::string& key, bool cold, std::vector<Named<Pd>> found,
                   const Moving& moving, const std::vector<Transformed>& own, const Measure& measure) {
  const Named<Pd> direct = found.front();
  if (!direct.pd) throw Unsupported(at.node().op + ": oneDNN has no implementation for this convolution");
  if (at.exact()) return {direct.pd, {}};
  found.erase(std::remove_if(found.begin() + 1, found.end(),
                             [](const Named<Pd>& named) {
                               return !named.pd || !affordable(named.pd.scratchpad_desc().get_size());
                             }),
              found.end());
  std::vector<Candidate> candidates;
  for (const Named<Pd>& named : found)
    candidates.push_back({named.name, [&](double limit) {
                            return seconds_of(named.pd.get(), {cold, limit}) + moving(named.pd);
                          }});
  for (const Transformed& candidate : own)
    candidates.push_back({candidate.name(), [&, candidate](double limit) {
                            return measure(candidate, limit) + moving(candidate);
                          }});
  if (candidates.size() == 1) return {direct.pd, {}};
  const size_t best = at.choose(key, candidates);
  if (best >= found.size()) return {direct.pd, own[best - found.size()]};
  return {found[best].pd, {}};
}

/// Gradients are wanted in the layouts of the way forward, whatever the candidate.
const auto in_place = [](const auto&) { return 0.0; };

/// Seconds to bring an operand into layout `md`.
double seconds_to_move(Lowering& at, size_t index, const Md& md) {
  if (at.lies_as(index, md)) return 0;
  return seconds_of(dnnl::reorder::primitive_desc(cpu(), at.wanted(index), cpu(), md).get());
}

/// What a key says of where an operand lies.
std::string place_of(Lowering& at, size_t index) {
  const Md md = at.wanted(index);
  if (is_plain(md)) return "";
  if (has_image_layout(md)) return " in " + std::to_string(image_layout(md).block);
  return md == channels_last_md(at.input_type(index)) ? " in pixels" : " in others";
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
  dnnl::primitive_attr attr = user_scratchpad();
  dnnl::post_ops ops;
  if (end.add) ops.append_sum();
  if (end.relu) append_relu(ops);
  attr.set_post_ops(ops);
  using Pd = dnnl::convolution_forward::primitive_desc;
  const auto make_for = [&](dnnl::prop_kind kind) {
    return [&, kind](dnnl::algorithm algorithm) {
      return conv_forward(cpu(), kind, algorithm, any_md(x), any_md(w), bias_md, any_md(y), attrs.geometry,
                          attr);
    };
  };
  const auto in_training = make_for(dnnl::prop_kind::forward_training);
  auto found = primitives_of<Pd>(inference ? make_for(dnnl::prop_kind::forward_inference) : in_training,
                                 winograd_fits(weight, attrs));
  // What training would run lies in blocks of channels, as our transforms and most other ops want it.
  if (inference) found.push_back({"direct in blocks", in_training(dnnl::algorithm::convolution_direct)});
  const auto moving = [&](const auto& candidate) {
    Md from = same_layout(x, 16), to = same_layout(y, 16);
    if constexpr (!std::is_same_v<std::decay_t<decltype(candidate)>, Transformed>) {
      from = candidate.src_desc();
      to = candidate.dst_desc();
    }
    return seconds_to_move(at, 0, from) + (end.add ? seconds_to_move(at, 3, to) : 0);
  };
  const std::string key = key_of(inference ? "infer" : "forward", x, weight, attrs, end, weights.constant) +
                          place_of(at, 0) + (end.add ? place_of(at, 3) : "");
  const WinogradShape shape = transformed_shape(at, x, weight, attrs);
  const auto choice = fastest(at, key, weights.constant && cold(bytes_of(weight)), found, moving,
                              transformed_candidates(shape), [&](const Transformed& own, double limit) {
                                return measure_transformed(own, shape, false, weights.constant, limit);
                              });
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
  using Pd = dnnl::convolution_backward_weights::primitive_desc;
  const auto make = [&](dnnl::algorithm algorithm) {
    const auto hint = forward_hint(x, weight, dy, attrs, algorithm);
    if (!hint) return Pd();
    return conv_backward_weights(cpu(), algorithm, any_md(x), any_md(w), bias_md, any_md(dy), attrs.geometry,
                                 hint, user_scratchpad());
  };
  const std::string key = key_of("weights", x, weight, attrs, {}, false);
  const WinogradShape shape = transformed_shape(at, x, weight, attrs);
  const auto choice = fastest(
      at, key, false, primitives_of<Pd>(make, winograd_fits(weight, attrs)), in_place,
      transformed_gradient_candidates(shape),
      [&](const Transformed& own, double limit) { return measure_transformed_gradient(own, shape, limit); });
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
  using Pd = dnnl::convolution_backward_data::primitive_desc;
  const auto make = [&](dnnl::algorithm algorithm) {
    const auto hint = forward_hint(x, weight, dy, attrs, algorithm);
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
  const auto choice = fastest(at, key, false, primitives_of<Pd>(make, winograd_fits(weight, attrs)), in_place,
                              transformed_candidates(shape), [&](const Transformed& own, double limit) {
                                return measure_transformed(own, shape, true, constant, limit);
                              });
  if (choice.own.transform != nullptr) return emit_transformed(at, choice.own, shape, true, {});
  const auto& pd = choice.pd;
  at.emit_primitive(pd, dnnl::convolution_backward_data(pd),
                    {{DNNL_ARG_DIFF_DST, at.operand_as(0, pd.diff_dst_desc())},
                     {DNNL_ARG_WEIGHTS, weights_as(at, 1, attrs.groups, pd.weights_desc())},
                     {DNNL_ARG_DIFF_SRC, at.define(0, pd.diff_src_desc())}});
}

}  // namespace convnets
