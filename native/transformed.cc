#include "transformed.h"

#include <omp.h>

#include <numeric>

#include "choose.h"

namespace convnets {

namespace {

int whole_blocks(int64_t channels) { return static_cast<int>((channels + 15) / 16 * 16); }

std::vector<const Winograd*> transforms_for(const WinogradShape& shape) {
  if (shape.kernel == 0) return {};
  std::vector<const Winograd*> transforms = winograd_transforms(shape);
  if (transforms.size() > 2) transforms.resize(2);
  return transforms;
}

/// Numbers of bands that give every thread as many as the others, few enough for each of two levels of cache.
std::vector<int> band_counts(const Winograd& transform, const WinogradShape& shape) {
  const int threads = omp_get_max_threads(), step = threads / std::gcd(threads, shape.n);
  const int rows = (shape.out_h() + transform.tile - 1) / transform.tile;
  std::vector<int> counts;
  for (const size_t cache : {size_t{8} << 20, size_t{2} << 20}) {
    int bands = step;
    while (bands < rows && transform.scratch_size(shape, {1, 0, bands}) * sizeof(float) > cache * threads)
      bands += step;
    if (bands > 1 && bands <= rows && (counts.empty() || counts.back() != bands)) counts.push_back(bands);
  }
  return counts;
}

/// Memory to measure in, with contents that make the arithmetic neither trivial nor denormal.
struct Trial {
  explicit Trial(size_t floats)
      : memory(Md({static_cast<int64_t>(floats)}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::a),
               cpu()) {
    for (size_t i = 0; i < floats; i++) data()[i] = 0.01f * static_cast<float>(i & 63);
  }
  float* data() { return static_cast<float*>(memory.get_data_handle()); }

  dnnl::memory memory;
};

size_t image_floats(const WinogradShape& s) { return static_cast<size_t>(s.n) * s.in * s.h * s.w; }
size_t result_floats(const WinogradShape& s) {
  return static_cast<size_t>(s.n) * s.out * s.out_h() * s.out_w();
}
size_t weight_floats(const WinogradShape& s) {
  return static_cast<size_t>(s.in) * s.out * s.kernel * s.kernel;
}

/// Transforms the weights, which lie in their own channel order: a gradient's shape has it swapped.
void prepare_weights(const Transformed& own, const WinogradShape& s, bool transposed, const float* from,
                     float* to) {
  own.transform->transform_weights(from, to, transposed ? s.out : s.in, transposed ? s.in : s.out,
                                   transposed);
}

Md blocked_image(const Type& type) { return same_layout(type, 16); }

Md blocked_weights(const Type& type) {
  return Md(type.dims, dnnl::memory::data_type::f32, dnnl::memory::format_tag::OIhw16i16o);
}

}  // namespace

bool affordable(size_t bytes) { return bytes <= size_t{32} << 20; }

std::string Transformed::name() const {
  return std::string(transform->name) + " " + std::to_string(cut.chunk) + " " + std::to_string(cut.group) +
         (cut.bands > 1 ? " in " + std::to_string(cut.bands) : "") + (cut.shared ? " shared" : "");
}

WinogradShape transformed_shape(const Lowering& at, const Type& x, const Type& weight,
                                const ConvAttrs& attrs) {
  const ConvGeometry& g = attrs.geometry;
  const int64_t kernel = weight.dims[2], padding = g.padding_before[0];
  const bool even =
      padding == g.padding_before[1] && padding == g.padding_after[0] && padding == g.padding_after[1];
  const bool fits = !at.exact() && attrs.groups == 1 && g.stride == Dims{1, 1} && g.dilation == Dims{0, 0} &&
                    (kernel == 3 || kernel == 5) && weight.dims[3] == kernel && even && padding < kernel &&
                    weight.dims[0] % 16 == 0;
  return {static_cast<int>(x.dims[0]),        whole_blocks(weight.dims[1]), whole_blocks(weight.dims[0]),
          static_cast<int>(x.dims[2]),        static_cast<int>(x.dims[3]),  static_cast<int>(padding),
          fits ? static_cast<int>(kernel) : 0};
}

std::vector<Transformed> transformed_candidates(const WinogradShape& shape) {
  std::vector<Transformed> list;
  for (const Winograd* transform : transforms_for(shape)) {
    std::vector<WinogradCut> pieces;
    for (const int chunk : {1, 4})
      if (shape.n % chunk == 0 && shape.n / chunk >= omp_get_max_threads()) pieces.push_back({chunk});
    for (const int bands : band_counts(*transform, shape)) pieces.push_back({1, 0, bands});
    for (WinogradCut cut : pieces)
      for (const int group : {0, 3}) {
        cut.group = group;
        if ((group == 0 || group < shape.out / 16) &&
            affordable(transform->scratch_size(shape, cut) * sizeof(float)))
          list.push_back({transform, cut});
      }
    for (int chunk = shape.n; chunk >= 1; chunk--) {
      const WinogradCut cut{chunk, 3, 1, true};
      if (shape.n % chunk == 0 && affordable(transform->scratch_size(shape, cut) * sizeof(float))) {
        list.push_back({transform, cut});
        break;
      }
    }
  }
  return list;
}

std::vector<Transformed> transformed_gradient_candidates(const WinogradShape& shape) {
  std::vector<Transformed> list;
  // The more images at a time, the more of their products are added up in registers; the fewer, the more of
  // what is in between stays in a cache.
  for (const Winograd* transform : transforms_for(shape))
    for (int chunk = 1; chunk <= shape.n; chunk *= 2)
      if (shape.n % chunk == 0 &&
          affordable(transform->gradient_scratch_size(shape, {chunk, 0}) * sizeof(float)))
        list.push_back({transform, {chunk, 0}});
  return list;
}

double measure_transformed(const Transformed& own, const WinogradShape& shape, bool transposed, bool constant,
                           double limit) {
  Trial x(image_floats(shape)), y(result_floats(shape)), weights(weight_floats(shape));
  Trial transformed(own.transform->weight_size(shape.in, shape.out));
  Trial scratch(own.transform->scratch_size(shape, own.cut));
  return seconds_of(
      [&] {
        if (!constant) prepare_weights(own, shape, transposed, weights.data(), transformed.data());
        own.transform->convolve(shape, own.cut, x.data(), transformed.data(), nullptr, false, true, y.data(),
                                scratch.data());
      },
      {constant && cold(weight_floats(shape) * sizeof(float)), limit});
}

double measure_transformed_gradient(const Transformed& own, const WinogradShape& shape, double limit) {
  Trial x(image_floats(shape)), dy(result_floats(shape)), weights(weight_floats(shape));
  Trial bias(static_cast<size_t>(shape.out)), scratch(own.transform->gradient_scratch_size(shape, own.cut));
  return seconds_of(
      [&] {
        own.transform->weight_gradient(shape, own.cut, x.data(), dy.data(), weights.data(), bias.data(),
                                       scratch.data());
      },
      {false, limit});
}

void emit_transformed(Lowering& at, const Transformed& own, const WinogradShape& shape, bool transposed,
                      const Epilogue& end) {
  Slot* from = at.operand_as(0, blocked_image(at.input_type(0))).slot;
  Slot* weights = at.operand_as(1, blocked_weights(at.input_type(1))).slot;
  Slot* biases = end.bias ? at.operand_as(2, plain_md(at.input_type(2))).slot : nullptr;
  Slot* transformed =
      at.scratch_from(weights, own.transform->weight_size(shape.in, shape.out) * sizeof(float));
  Slot* scratch = at.scratch(own.transform->scratch_size(shape, own.cut) * sizeof(float));
  const Md result = blocked_image(at.result_type(0));
  Slot* to = end.add ? at.define_holding(0, 3, result, from).slot : at.define(0, result).slot;
  at.emit(std::string("winograd weights ") + own.transform->name, {weights, transformed}, [=] {
      prepare_weights(own, shape, transposed, weights->f32(), transformed->f32());
    }).flops = 0;
  std::vector<Slot*> slots = {from, transformed, scratch, to};
  if (end.bias) slots.push_back(biases);
  at.emit(std::string("winograd ") + own.transform->name, slots, [=] {
    own.transform->convolve(shape, own.cut, from->f32(), transformed->f32(),
                            end.bias ? biases->f32() : nullptr, end.add, end.relu, to->f32(), scratch->f32());
  });
}

void emit_transformed_gradient(Lowering& at, const Transformed& own, const WinogradShape& shape, bool bias) {
  Slot* from = at.operand_as(0, blocked_image(at.input_type(0))).slot;
  Slot* gradients = at.operand_as(1, blocked_image(at.input_type(1))).slot;
  Slot* scratch = at.scratch(own.transform->gradient_scratch_size(shape, own.cut) * sizeof(float));
  Slot* to = at.define(0, blocked_weights(at.result_type(0))).slot;
  Slot* biases = bias ? at.define_plain(1).slot : nullptr;
  std::vector<Slot*> slots = {from, gradients, scratch, to};
  if (bias) slots.push_back(biases);
  at.emit(std::string("winograd ") + own.transform->name, slots, [=] {
    own.transform->weight_gradient(shape, own.cut, from->f32(), gradients->f32(), to->f32(),
                                   bias ? biases->f32() : nullptr, scratch->f32());
  });
}

}  // namespace convnets
