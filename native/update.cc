// Updates of states: they run over parameters in whatever layout the convolutions chose for them.
#include "update.h"

#include "parallel.h"

namespace convnets {

namespace {

struct Sgd {
  float momentum, decay;
  bool nesterov;
};

VECTORIZED void sgd_loop(const float* w, const float* v, const float* dw, float rate, Sgd sgd, float* w_next,
                         float* v_next, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    const float g = dw[i] + sgd.decay * w[i];
    const float velocity = sgd.momentum * v[i] + g;
    v_next[i] = velocity;
    w_next[i] = w[i] - rate * (sgd.nesterov ? g + sgd.momentum * velocity : velocity);
  }
}

VECTORIZED void average_loop(const float* average, const float* value, float decay, float gain, float* next,
                             int64_t n) {
  for (int64_t i = 0; i < n; i++) next[i] = decay * average[i] + gain * value[i];
}

}  // namespace

void sgd_update(Lowering& at) {
  const Sgd sgd{static_cast<float>(at.attr(0)), static_cast<float>(at.attr(1)), at.integer(2) == 1};
  const Placed w = at.operand(0);
  const Placed v = at.operand_as(1, w.md), dw = at.operand_as(2, w.md), rate = at.plain_operand(3);
  const Placed w_next = at.define_over(0, w), v_next = at.define_over(1, v);
  const auto n = static_cast<int64_t>(w.md.get_size() / sizeof(float));
  at.emit("loop", {w.slot, v.slot, dw.slot, rate.slot, w_next.slot, v_next.slot}, [=] {
    parallel(n, 1 << 14, [&](int64_t begin, int64_t end) {
      sgd_loop(w.slot->f32() + begin, v.slot->f32() + begin, dw.slot->f32() + begin, rate.slot->f32()[0], sgd,
               w_next.slot->f32() + begin, v_next.slot->f32() + begin, end - begin);
    });
  });
}

void moving_average(Lowering& at) {
  const auto decay = static_cast<float>(at.attr(0)), gain = static_cast<float>(at.attr(1));
  const Placed average = at.operand(0), value = at.operand_as(1, average.md);
  const Placed next = at.define_over(0, average);
  const auto n = static_cast<int64_t>(average.md.get_size() / sizeof(float));
  at.emit("loop", {average.slot, value.slot, next.slot}, [=] {
    parallel(n, 1 << 14, [&](int64_t begin, int64_t end) {
      average_loop(average.slot->f32() + begin, value.slot->f32() + begin, decay, gain,
                   next.slot->f32() + begin, end - begin);
    });
  });
}

}  // namespace convnets
