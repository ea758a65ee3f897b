// Ops that treat every element alike. Most map 0 to 0, so they run over a layout's padding as over its
// elements and keep it zero, whatever the layout is.
#include "elementwise.h"

#include <cmath>
#include <cstring>

#include "parallel.h"
#include "random.h"

namespace convnets {

namespace {

constexpr int64_t grain = 1 << 14;  // elements worth a thread

int64_t elements(const Md& md) { return static_cast<int64_t>(md.get_size() / sizeof(float)); }

VECTORIZED void relu_loop(const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : (x[i] != x[i] ? x[i] : 0);  // NaN stays NaN
}

VECTORIZED void relu_grad_loop(const float* dy, const float* y, float* dx, int64_t n) {
  for (int64_t i = 0; i < n; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
}

VECTORIZED void tanh_grad_loop(const float* dy, const float* y, float* dx, int64_t n) {
  for (int64_t i = 0; i < n; i++) dx[i] = dy[i] * (1 - y[i] * y[i]);
}

VECTORIZED void sigmoid_grad_loop(const float* dy, const float* y, float* dx, int64_t n) {
  for (int64_t i = 0; i < n; i++) dx[i] = dy[i] * y[i] * (1 - y[i]);
}

VECTORIZED void mul_loop(const float* a, const float* b, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = a[i] * b[i];
}

VECTORIZED void add_loop(const float* a, const float* b, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = a[i] + b[i];
}

VECTORIZED void add3_loop(const float* a, const float* b, const float* c, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = a[i] + b[i] + c[i];
}

VECTORIZED void add4_loop(const float* a, const float* b, const float* c, const float* d, float* y,
                          int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = (a[i] + b[i]) + (c[i] + d[i]);
}

VECTORIZED void affine_loop(const float* x, float scale, float shift, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = x[i] * scale + shift;
}

VECTORIZED void affine_u8_loop(const uint8_t* x, float scale, float shift, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = static_cast<float>(x[i]) * scale + shift;
}

VECTORIZED void dropout_loop(const float* x, float* y, int64_t n, uint32_t key, uint32_t first,
                             uint32_t threshold, float scale) {
  for (int64_t i = 0; i < n; i++) {
    const uint32_t bits = random_bits(key, first + static_cast<uint32_t>(i)) >> 8;
    y[i] = bits >= threshold ? x[i] * scale : 0;
  }
}

void tanh_loop(const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = std::tanh(x[i]);
}

void exp_loop(const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = std::exp(x[i]);
}

void sigmoid_loop(const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = 1 / (1 + std::exp(-x[i]));
}

/// The first operand's layout that is not row-major, or the row-major one: what the fewest have to leave.
Md common_layout(Lowering& at) {
  for (size_t i = 0; i < at.input_count(); i++)
    if (at.input(i).md && !is_plain(*at.input(i).md)) return *at.input(i).md;
  return plain_md(at.input_type(0));
}

template <typename Loop>
void unary(Lowering& at, const char* kernel, const Placed& x, Loop loop) {
  const Placed y = at.define_over(0, x);
  const int64_t n = elements(x.md);
  at.emit(kernel, {x.slot, y.slot}, [=, from = x.slot, to = y.slot] {
    parallel(n, grain,
             [&](int64_t begin, int64_t end) { loop(from->f32() + begin, to->f32() + begin, end - begin); });
  });
}

template <typename Loop>
void binary(Lowering& at, Loop loop) {
  const Md md = common_layout(at);
  const Placed a = at.operand_as(0, md), b = at.operand_as(1, md);
  const Placed y = at.define_over(0, a);
  const int64_t n = elements(md);
  at.emit("loop", {a.slot, b.slot, y.slot}, [=, a = a.slot, b = b.slot, y = y.slot] {
    parallel(n, grain, [&](int64_t begin, int64_t end) {
      loop(a->f32() + begin, b->f32() + begin, y->f32() + begin, end - begin);
    });
  });
}

}  // namespace

void relu(Lowering& at) { unary(at, "loop", at.operand(0), relu_loop); }
void relu_grad(Lowering& at) { binary(at, relu_grad_loop); }
void tanh(Lowering& at) { unary(at, "loop", at.operand(0), tanh_loop); }
void tanh_grad(Lowering& at) { binary(at, tanh_grad_loop); }
void exponential(Lowering& at) {
  unary(at, "loop", at.plain_operand(0), exp_loop);
}  // padding would become 1
void sigmoid(Lowering& at) {
  unary(at, "loop", at.plain_operand(0), sigmoid_loop);
}  // padding would become 1/2
void sigmoid_grad(Lowering& at) { binary(at, sigmoid_grad_loop); }
void mul(Lowering& at) { binary(at, mul_loop); }

void add(Lowering& at) {
  const Md md = common_layout(at);
  std::vector<Slot*> slots;
  for (size_t i = 0; i < at.input_count(); i++) slots.push_back(at.operand_as(i, md).slot);
  const Placed y = at.define_over(0, {md, slots[0]});
  const int64_t n = elements(md);
  std::vector<Slot*> touched = slots;
  touched.push_back(y.slot);
  at.emit("loop", touched, [=, to = y.slot] {
    parallel(n, grain, [&](int64_t begin, int64_t end) {
      // Pieces that stay in the cache while several operands are added to them.
      constexpr int64_t piece = 1 << 11;
      for (int64_t at = begin; at < end; at += piece) {
        const int64_t length = std::min(piece, end - at);
        float* sum = to->f32() + at;
        const auto part = [&](size_t i) { return slots[i]->f32() + at; };
        size_t done = 1;
        if (slots.size() >= 4) {
          add4_loop(part(0), part(1), part(2), part(3), sum, length);
          done = 4;
        } else if (slots.size() == 3) {
          add3_loop(part(0), part(1), part(2), sum, length);
          done = 3;
        } else if (slots.size() == 2) {
          add_loop(part(0), part(1), sum, length);
          done = 2;
        } else {
          std::memmove(sum, part(0), static_cast<size_t>(length) * sizeof(float));
        }
        for (; done < slots.size(); done++) add_loop(sum, part(done), sum, length);
      }
    });
  });
}

void affine(Lowering& at) {
  const size_t scales = static_cast<size_t>(at.integer(0));
  const size_t shifts = at.node().attrs.size() - 1 - scales;
  std::vector<float> scale, shift;
  for (size_t i = 0; i < scales; i++) scale.push_back(static_cast<float>(at.attr(1 + i)));
  for (size_t i = 0; i < shifts; i++) shift.push_back(static_cast<float>(at.attr(1 + scales + i)));
  const bool bytes = at.input_type(0).dtype == DType::u8;
  if (!bytes && scales == 1 && shifts == 1 && shift[0] == 0) {
    const float factor = scale[0];
    return unary(at, "loop", at.operand(0),
                 [factor](const float* x, float* y, int64_t n) { affine_loop(x, factor, 0, y, n); });
  }
  const Placed x = at.plain_operand(0), y = at.define_plain(0);
  const ImageLayout layout = image_layout(x.md);
  const bool per_channel = scale.size() > 1 || shift.size() > 1;
  const int64_t run = per_channel ? layout.inner : at.input_type(0).size();
  const int64_t runs = per_channel ? layout.n * layout.c : 1;
  const auto loop = [=, from = x.slot, to = y.slot](int64_t channel, int64_t begin, int64_t length) {
    const float a = scale[scale.size() > 1 ? static_cast<size_t>(channel) : 0];
    const float b = shift[shift.size() > 1 ? static_cast<size_t>(channel) : 0];
    if (bytes)
      affine_u8_loop(from->u8() + begin, a, b, to->f32() + begin, length);
    else
      affine_loop(from->f32() + begin, a, b, to->f32() + begin, length);
  };
  at.emit("loop", {x.slot, y.slot}, [=] {
    if (runs == 1) {
      parallel(run, grain, [&](int64_t begin, int64_t end) { loop(0, begin, end - begin); });
      return;
    }
    parallel(runs, std::max<int64_t>(1, grain / run), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) loop(i % layout.c, i * run, run);
    });
  });
}

void dropout(Lowering& at) {
  // Which elements fall out depends on their place in row-major order.
  const Placed x = at.plain_operand(0);
  const Placed random = at.plain_operand(1);
  const Placed y = at.define_over(0, x);
  const double p = at.attr(0);
  const auto salt = static_cast<uint32_t>(at.integer(1));
  const auto threshold = static_cast<uint32_t>(std::ceil(p * (1 << 24)));  // uniform >= p, in units of 2^-24
  const auto scale = static_cast<float>(1 / (1 - p));
  const int64_t n = at.input_type(0).size();
  at.emit("loop", {x.slot, random.slot, y.slot}, [=, from = x.slot, seeds = random.slot, to = y.slot] {
    const uint32_t key =
        dropout_key(static_cast<uint32_t>(seeds->i32()[0]), static_cast<uint32_t>(seeds->i32()[1]), salt);
    parallel(n, grain, [&](int64_t begin, int64_t end) {
      dropout_loop(from->f32() + begin, to->f32() + begin, end - begin, key, static_cast<uint32_t>(begin),
                   threshold, scale);
    });
  });
}

void fill(Lowering& at) {
  const Placed y = at.define_plain(0);
  const auto value = static_cast<float>(at.attr(0));
  const int64_t n = at.result_type(0).size();
  at.emit("loop", {y.slot}, [=, to = y.slot] { std::fill(to->f32(), to->f32() + n, value); });
}

}  // namespace convnets
