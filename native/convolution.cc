// Convolutions are oneDNN's: direct or Winograd, whichever measures faster for the shape at hand.
#include "convolution.h"

#include <algorithm>
#include <memory>

#include "choose.h"
#include "winograd.h"

namespace convnets {

namespace {

/// The flat form of a convolution's attributes: stride 2, padding 4 (top, left, bottom, right), dilation 2,
/// groups.
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

/// One of our own transforms and how its work is cut.
struct Own {
  const Winograd* transform = nullptr;
  WinogradCut cut;

  std::string name() const {
    return std::string(transform->name) + " " + std::to_string(cut.chunk) + " " + std::to_string(cut.group);
  }
};

int whole_blocks(int64_t channels) { return static_cast<int>((channels + 15) / 16 * 16); }

/// The shape as our transforms know it; `kernel` 0 where they don't apply. `from` and `to` are channel
/// counts.
WinogradShape own_shape(Lowering& at, const Type& x, const Type& weight, const ConvAttrs& attrs) {
  const ConvGeometry& g = attrs.geometry;
  const int64_t r = weight.dims[2], padding = g.padding_before[0];
  const bool same =
      padding == g.padding_before[1] && padding == g.padding_after[0] && padding == g.padding_after[1];
  const bool fits = !at.exact() && attrs.groups == 1 && g.stride == Dims{1, 1} && g.dilation == Dims{0, 0} &&
                    (r == 3 || r == 5) && weight.dims[3] == r && same && padding < r &&
                    weight.dims[0] % 16 == 0;
  return {static_cast<int>(x.dims[0]),   whole_blocks(weight.dims[1]), whole_blocks(weight.dims[0]),
          static_cast<int>(x.dims[2]),   static_cast<int>(x.dims[3]),  static_cast<int>(padding),
          fits ? static_cast<int>(r) : 0};
}

/// The two transforms that multiply least, each cut in a few ways.
std::vector<Own> own_candidates(const WinogradShape& shape, const std::vector<int>& chunks,
                                const std::vector<int>& groups) {
  std::vector<Own> list;
  if (shape.kernel == 0) return list;
  std::vector<const Winograd*> transforms = winograd_transforms(shape);
  if (transforms.size() > 2) transforms.resize(2);
  for (const Winograd* transform : transforms)
    for (const int chunk : chunks)
      for (const int group : groups)
        if (shape.n % chunk == 0 && (group == 0 || group < shape.out / 16))
          list.push_back({transform, {chunk, group}});
  return list;
}

/// Memory to measure in: aligned, with contents that make the arithmetic neither trivial nor denormal.
struct Trial {
  explicit Trial(size_t floats)
      : memory({static_cast<int64_t>(floats)}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::a),
        storage(memory, cpu()) {
    for (size_t i = 0; i < floats; i++) data()[i] = 0.01f * static_cast<float>(i % 97);
  }
  float* data() { return static_cast<float*>(storage.get_data_handle()); }

  Md memory;
  dnnl::memory storage;
};

/// The primitive to run, or one of our own transforms instead.
template <typename Pd>
struct Choice {
  Pd pd;
  Own own;
};

template <typename Make, typename Measure>
auto fastest(Lowering& at, const std::string& key, bool winograd, const Make& make,
             const std::vector<Own>& own, const Measure& measure) {
  auto direct = make(dnnl::algorithm::convolution_direct);
  if (!direct) throw Unsupported(at.node().op + ": oneDNN has no implementation for this convolution");
  Choice<decltype(direct)> choice{direct, {}};
  if (at.exact()) return choice;
  auto transformed = winograd ? make(dnnl::algorithm::convolution_winograd) : decltype(direct)();
  std::vector<Candidate> candidates = {{"direct", [&] { return seconds_of(direct.get()); }}};
  if (transformed) candidates.push_back({"winograd", [&] { return seconds_of(transformed.get()); }});
  const size_t primitives = candidates.size();
  for (const Own& candidate : own)
    candidates.push_back({candidate.name(), [&, candidate] { return measure(candidate); }});
  if (candidates.size() == 1) return choice;
  const size_t best = choose(at.choices(), key, candidates);
  if (best >= primitives)
    choice.own = own[best - primitives];
  else if (best == 1)
    choice.pd = transformed;
  return choice;
}

Md blocked_image(const Type& type) { return same_layout(type, 16); }

Md blocked_weights(const Type& type) {
  return Md(type.dims, dnnl::memory::data_type::f32, dnnl::memory::format_tag::OIhw16i16o);
}

/// A convolution by one of our transforms, or with `transposed` the gradient towards its input.
void emit_own(Lowering& at, const Own& own, const WinogradShape& shape, bool transposed, bool bias,
              bool relu) {
  const Type &x = at.input_type(0), &weight = at.input_type(1), &y = at.result_type(0);
  Slot* from = at.operand_as(0, blocked_image(x)).slot;
  Slot* weights = at.operand_as(1, blocked_weights(weight)).slot;
  Slot* biases = bias ? at.operand_as(2, plain_md(at.input_type(2))).slot : nullptr;
  Slot* transformed = at.scratch(own.transform->weight_size(shape.in, shape.out) * sizeof(float));
  Slot* scratch = at.scratch(own.transform->scratch_size(shape, own.cut) * sizeof(float));
  Slot* to = at.define(0, blocked_image(y)).slot;
  std::vector<Slot*> slots = {from, weights, transformed, scratch, to};
  if (bias) slots.push_back(biases);
  at.emit(std::string("winograd ") + own.transform->name, slots, [=] {
    // The weights' own channel order: a gradient's shape has them swapped.
    const int in = transposed ? shape.out : shape.in, out = transposed ? shape.in : shape.out;
    own.transform->transform_weights(weights->f32(), transformed->f32(), in, out, transposed);
    own.transform->convolve(shape, own.cut, from->f32(), transformed->f32(), bias ? biases->f32() : nullptr,
                            relu, to->f32(), scratch->f32());
  });
}

double measure_own(const Own& own, const WinogradShape& s, bool transposed) {
  Trial x(static_cast<size_t>(s.n) * s.in * s.h * s.w),
      y(static_cast<size_t>(s.n) * s.out * s.out_h() * s.out_w());
  Trial weights(static_cast<size_t>(s.in) * s.out * s.kernel * s.kernel);
  Trial transformed(own.transform->weight_size(s.in, s.out)),
      scratch(own.transform->scratch_size(s, own.cut));
  return seconds_of([&] {
    own.transform->transform_weights(weights.data(), transformed.data(), transposed ? s.out : s.in,
                                     transposed ? s.in : s.out, transposed);
    own.transform->convolve(s, own.cut, x.data(), transformed.data(), nullptr, true, y.data(),
                            scratch.data());
  });
}

double measure_own_gradient(const Own& own, const WinogradShape& s) {
  Trial x(static_cast<size_t>(s.n) * s.in * s.h * s.w),
      dy(static_cast<size_t>(s.n) * s.out * s.out_h() * s.out_w());
  Trial weights(static_cast<size_t>(s.in) * s.out * s.kernel * s.kernel), bias(static_cast<size_t>(s.out));
  Trial scratch(own.transform->gradient_scratch_size(s, own.cut));
  return seconds_of([&] {
    own.transform->weight_gradient(s, own.cut, x.data(), dy.data(), weights.data(), bias.data(),
                                   scratch.data());
  });
}

dnnl::convolution_forward::primitive_desc forward_hint(const Type& x, const Type& weight, const Type& y,
                                                       const ConvAttrs& attrs, dnnl::algorithm algorithm) {
  const Type w = attrs.groups == 1 ? weight : grouped(weight, attrs.groups);
  return conv_forward(cpu(), dnnl::prop_kind::forward_training, algorithm, any_md(x), any_md(w), Md(),
                      any_md(y), attrs.geometry, user_scratchpad());
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
    return conv_forward(cpu(), kind, algorithm, any_md(x), any_md(w), bias_md, any_md(y), attrs.geometry,
                        attr);
  };
  const std::string key = key_of(inference ? "infer" : "forward", x, weight, attrs, relu);
  const WinogradShape shape = own_shape(at, x, weight, attrs);
  const auto choice =
      fastest(at, key, winograd_fits(weight, attrs), make, own_candidates(shape, {1, 4}, {0, 3}),
              [&](const Own& own) { return measure_own(own, shape, false); });
  if (choice.own.transform != nullptr) return emit_own(at, choice.own, shape, false, bias, relu);
  const auto& pd = choice.pd;
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
  const WinogradShape shape = own_shape(at, x, weight, attrs);
  const auto choice = fastest(at, key, winograd_fits(weight, attrs), make,
                              own_candidates(shape, {static_cast<int>(x.dims[0])}, {0}),
                              [&](const Own& own) { return measure_own_gradient(own, shape); });
  if (choice.own.transform != nullptr) {
    const Own own = choice.own;
    Slot* from = at.operand_as(0, blocked_image(x)).slot;
    Slot* gradients = at.operand_as(1, blocked_image(dy)).slot;
    Slot* scratch = at.scratch(own.transform->gradient_scratch_size(shape, own.cut) * sizeof(float));
    Slot* to = at.define(0, blocked_weights(weight)).slot;
    Slot* biases = bias ? at.define(1, bias_md).slot : nullptr;
    std::vector<Slot*> slots = {from, gradients, scratch, to};
    if (bias) slots.push_back(biases);
    return at.emit(std::string("winograd ") + own.transform->name, slots, [=] {
      own.transform->weight_gradient(shape, own.cut, from->f32(), gradients->f32(), to->f32(),
                                     bias ? biases->f32() : nullptr, scratch->f32());
    });
  }
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
  // The gradient is a convolution of dy with the taps flipped and the channels swapped.
  const WinogradShape own = own_shape(at, x, weight, attrs);
  const WinogradShape shape{
      own.n, own.out, own.in, own.out_h(), own.out_w(), own.kernel - 1 - own.padding, own.kernel};
  const auto choice =
      fastest(at, key, winograd_fits(weight, attrs), make, own_candidates(shape, {1, 4}, {0, 3}),
              [&](const Own& candidate) { return measure_own(candidate, shape, true); });
  if (choice.own.transform != nullptr) return emit_own(at, choice.own, shape, true, false, false);
  const auto& pd = choice.pd;
  at.emit_primitive(pd, dnnl::convolution_backward_data(pd),
                    {{DNNL_ARG_DIFF_DST, at.operand_as(0, pd.diff_dst_desc())},
                     {DNNL_ARG_WEIGHTS, weights_as(at, 1, attrs.groups, pd.weights_desc())},
                     {DNNL_ARG_DIFF_SRC, at.define(0, pd.diff_src_desc())}});
}

}  // namespace convnets
