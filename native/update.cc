// Updates of states: they run over parameters in whatever layout the convolutions chose for them.
#include "update.h"

#include <algorithm>
#include <cmath>

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

struct Adam {
  double beta1, beta2;
  float eps, decay;
  bool decoupled;
};

/// What of a step of Adam is the same for all elements.
struct AdamStep {
  float beta1, gain1, beta2, gain2, eps, kept, decay, size, root;

  AdamStep(const Adam& adam, float rate, float step)
      : beta1(static_cast<float>(adam.beta1)),
        gain1(static_cast<float>(1 - adam.beta1)),
        beta2(static_cast<float>(adam.beta2)),
        gain2(static_cast<float>(1 - adam.beta2)),
        eps(adam.eps),
        kept(adam.decoupled ? 1 - rate * adam.decay : 1),
        decay(adam.decoupled ? 0 : adam.decay),
        size(static_cast<float>(rate / (1 - std::pow(adam.beta1, step)))),
        root(static_cast<float>(std::sqrt(1 - std::pow(adam.beta2, step)))) {}
};

VECTORIZED void adam_loop(const float* w, const float* m, const float* v, const float* dw, AdamStep step,
                          float* w_next, float* m_next, float* v_next, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    const float weight = step.kept * w[i];
    const float g = dw[i] + step.decay * weight;
    const float mean = step.beta1 * m[i] + step.gain1 * g;
    const float square = step.beta2 * v[i] + step.gain2 * g * g;
    m_next[i] = mean;
    v_next[i] = square;
    w_next[i] = weight - step.size * mean / (std::sqrt(square) / step.root + step.eps);
  }
}

struct Rmsprop {
  float alpha, gain, eps, momentum, decay;

  explicit Rmsprop(const Lowering& at)
      : alpha(static_cast<float>(at.attr(0))),
        gain(static_cast<float>(1 - at.attr(0))),
        eps(static_cast<float>(at.attr(1))),
        momentum(static_cast<float>(at.attr(2))),
        decay(static_cast<float>(at.attr(3))) {}
};

VECTORIZED void rmsprop_loop(const float* w, const float* s, const float* v, const float* dw, float rate,
                             Rmsprop to, float* w_next, float* s_next, float* v_next, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    const float g = dw[i] + to.decay * w[i];
    const float square = to.alpha * s[i] + to.gain * g * g;
    const float velocity = to.momentum * v[i] + g / (std::sqrt(square) + to.eps);
    s_next[i] = square;
    v_next[i] = velocity;
    w_next[i] = w[i] - rate * velocity;
  }
}

VECTORIZED void centered_rmsprop_loop(const float* w, const float* s, const float* a, const float* v,
                                      const float* dw, float rate, Rmsprop to, float* w_next, float* s_next,
                                      float* a_next, float* v_next, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    const float g = dw[i] + to.decay * w[i];
    const float square = to.alpha * s[i] + to.gain * g * g;
    const float mean = to.alpha * a[i] + to.gain * g;
    const float velocity = to.momentum * v[i] + g / (std::sqrt(square - mean * mean) + to.eps);
    s_next[i] = square;
    a_next[i] = mean;
    v_next[i] = velocity;
    w_next[i] = w[i] - rate * velocity;
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

void adam_update(Lowering& at) {
  const Adam adam{at.attr(0), at.attr(1), static_cast<float>(at.attr(2)), static_cast<float>(at.attr(3)),
                  at.integer(4) == 1};
  const Placed w = at.operand(0);
  const Placed m = at.operand_as(1, w.md), v = at.operand_as(2, w.md), dw = at.operand_as(3, w.md);
  const Placed rate = at.plain_operand(4), step = at.plain_operand(5);
  const Placed w_next = at.define_over(0, w), m_next = at.define_over(1, m), v_next = at.define_over(2, v);
  const auto n = static_cast<int64_t>(w.md.get_size() / sizeof(float));
  at.emit("loop",
          {w.slot, m.slot, v.slot, dw.slot, rate.slot, step.slot, w_next.slot, m_next.slot, v_next.slot},
          [=] {
            const AdamStep common(adam, rate.slot->f32()[0], step.slot->f32()[0]);
            parallel(n, 1 << 14, [&](int64_t begin, int64_t end) {
              adam_loop(w.slot->f32() + begin, m.slot->f32() + begin, v.slot->f32() + begin,
                        dw.slot->f32() + begin, common, w_next.slot->f32() + begin,
                        m_next.slot->f32() + begin, v_next.slot->f32() + begin, end - begin);
            });
          });
}

void rmsprop_update(Lowering& at) {
  const Rmsprop rmsprop(at);
  const Placed w = at.operand(0);
  const Placed s = at.operand_as(1, w.md), v = at.operand_as(2, w.md), dw = at.operand_as(3, w.md);
  const Placed rate = at.plain_operand(4);
  const Placed w_next = at.define_over(0, w), s_next = at.define_over(1, s), v_next = at.define_over(2, v);
  const auto n = static_cast<int64_t>(w.md.get_size() / sizeof(float));
  at.emit("loop", {w.slot, s.slot, v.slot, dw.slot, rate.slot, w_next.slot, s_next.slot, v_next.slot}, [=] {
    parallel(n, 1 << 14, [&](int64_t begin, int64_t end) {
      rmsprop_loop(w.slot->f32() + begin, s.slot->f32() + begin, v.slot->f32() + begin,
                   dw.slot->f32() + begin, rate.slot->f32()[0], rmsprop, w_next.slot->f32() + begin,
                   s_next.slot->f32() + begin, v_next.slot->f32() + begin, end - begin);
    });
  });
}

void centered_rmsprop_update(Lowering& at) {
  const Rmsprop rmsprop(at);
  const Placed w = at.operand(0);
  const Placed s = at.operand_as(1, w.md), a = at.operand_as(2, w.md), v = at.operand_as(3, w.md);
  const Placed dw = at.operand_as(4, w.md), rate = at.plain_operand(5);
  const Placed w_next = at.define_over(0, w), s_next = at.define_over(1, s);
  const Placed a_next = at.define_over(2, a), v_next = at.define_over(3, v);
  const auto n = static_cast<int64_t>(w.md.get_size() / sizeof(float));
  at.emit("loop",
          {w.slot, s.slot, a.slot, v.slot, dw.slot, rate.slot, w_next.slot, s_next.slot, a_next.slot,
           v_next.slot},
          [=] {
            parallel(n, 1 << 14, [&](int64_t begin, int64_t end) {
              centered_rmsprop_loop(w.slot->f32() + begin, s.slot->f32() + begin, a.slot->f32() + begin,
                                    v.slot->f32() + begin, dw.slot->f32() + begin, rate.slot->f32()[0],
                                    rmsprop, w_next.slot->f32() + begin, s_next.slot->f32() + begin,
                                    a_next.slot->f32() + begin, v_next.slot->f32() + begin, end - begin);
            });
          });
}

void ema_update(Lowering& at) {
  const auto most = static_cast<float>(at.attr(0));
  const bool warmup = at.integer(1) == 1;
  const Placed average = at.operand(0), value = at.operand_as(1, average.md), step = at.plain_operand(2);
  const Placed next = at.define_over(0, average);
  const auto n = static_cast<int64_t>(average.md.get_size() / sizeof(float));
  at.emit("loop", {average.slot, value.slot, step.slot, next.slot}, [=] {
    const float count = step.slot->f32()[0];
    const float grown = (1 + count) / (10 + count);
    const float decay = count <= 1 ? 0 : warmup ? std::min(most, grown) : most;
    parallel(n, 1 << 14, [&](int64_t begin, int64_t end) {
      average_loop(average.slot->f32() + begin, value.slot->f32() + begin, decay, 1 - decay,
                   next.slot->f32() + begin, end - begin);
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
