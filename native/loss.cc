// What ends a network: rows of scores, one a sample. They are small, so these loops are plain.
#include "loss.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "parallel.h"

namespace convnets {

namespace {

struct Matrix {
  int64_t rows, columns;

  explicit Matrix(const Type& type) : rows(type.dims.at(0)), columns(type.dims.at(1)) {}
};

constexpr int64_t row_grain = 64;

/// Labels come from outside: one beyond the classes would read and write beyond the row.
void check_label(int64_t sample, int32_t label, int64_t classes) {
  if (label < 0 || label >= classes)
    throw Unsupported("sample " + std::to_string(sample) + " has the label " + std::to_string(label) +
                      ", but there are " + std::to_string(classes) + " classes");
}

}  // namespace

void log_softmax(Lowering& at) {
  const Placed x = at.plain_operand(0), y = at.define_over(0, x);
  const Matrix m(at.input_type(0));
  at.emit("loop", {x.slot, y.slot}, [=, from = x.slot, to = y.slot] {
    parallel(m.rows, row_grain, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++) {
        const float* in = from->f32() + row * m.columns;
        float* out = to->f32() + row * m.columns;
        const float largest = *std::max_element(in, in + m.columns);
        float sum = 0;
        for (int64_t j = 0; j < m.columns; j++) sum += std::exp(in[j] - largest);
        const float log_sum = std::log(sum);  // not added to `largest`, which may be too large to feel it
        for (int64_t j = 0; j < m.columns; j++) out[j] = in[j] - largest - log_sum;
      }
    });
  });
}

void log_softmax_grad(Lowering& at) {
  const Placed dy = at.plain_operand(0), y = at.plain_operand(1), dx = at.define_over(0, dy);
  const Matrix m(at.input_type(0));
  at.emit("loop", {dy.slot, y.slot, dx.slot}, [=, gradient = dy.slot, logp = y.slot, to = dx.slot] {
    parallel(m.rows, row_grain, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++) {
        const float* g = gradient->f32() + row * m.columns;
        const float* l = logp->f32() + row * m.columns;
        float* out = to->f32() + row * m.columns;
        float sum = 0;
        for (int64_t j = 0; j < m.columns; j++) sum += g[j];
        for (int64_t j = 0; j < m.columns; j++) out[j] = g[j] - std::exp(l[j]) * sum;
      }
    });
  });
}

void nll_loss(Lowering& at) {
  const Placed logp = at.plain_operand(0), labels = at.plain_operand(1), y = at.define_plain(0);
  const Matrix m(at.input_type(0));
  at.emit("loop", {logp.slot, labels.slot, y.slot},
          [=, from = logp.slot, classes = labels.slot, to = y.slot] {
            double sum = 0;
            for (int64_t row = 0; row < m.rows; row++) {
              const int32_t label = classes->i32()[row];
              check_label(row, label, m.columns);
              sum -= from->f32()[row * m.columns + label];
            }
            to->f32()[0] = static_cast<float>(sum / static_cast<double>(m.rows));
          });
}

void nll_loss_input_grad(Lowering& at) {
  const Placed dy = at.plain_operand(0), labels = at.plain_operand(1), dx = at.define_plain(0);
  const Matrix m(at.result_type(0));
  at.emit("loop", {dy.slot, labels.slot, dx.slot},
          [=, gradient = dy.slot, classes = labels.slot, to = dx.slot] {
            const float share = -gradient->f32()[0] / static_cast<float>(m.rows);
            std::fill(to->f32(), to->f32() + m.rows * m.columns, 0.f);
            for (int64_t row = 0; row < m.rows; row++) {
              const int32_t label = classes->i32()[row];
              check_label(row, label, m.columns);
              to->f32()[row * m.columns + label] = share;
            }
          });
}

void soft_cross_entropy(Lowering& at) {
  const Placed logp = at.plain_operand(0), targets = at.plain_operand(1), y = at.define_plain(0);
  const Matrix m(at.input_type(0));
  const bool labelled = at.input_type(1).dtype == DType::i32;
  const double smoothing = at.attr(0), spread = smoothing / static_cast<double>(m.columns);
  at.emit("loop", {logp.slot, targets.slot, y.slot}, [=] {
    double sum = 0;
    for (int64_t row = 0; row < m.rows; row++) {
      const float* l = logp.slot->f32() + row * m.columns;
      if (labelled) {
        const int32_t label = targets.slot->i32()[row];
        check_label(row, label, m.columns);
        sum -= (1 - smoothing) * l[label];
        for (int64_t j = 0; j < m.columns; j++) sum -= spread * l[j];
      } else {
        const float* t = targets.slot->f32() + row * m.columns;
        for (int64_t j = 0; j < m.columns; j++) sum -= ((1 - smoothing) * t[j] + spread) * l[j];
      }
    }
    y.slot->f32()[0] = static_cast<float>(sum / static_cast<double>(m.rows));
  });
}

void soft_cross_entropy_input_grad(Lowering& at) {
  const Placed dy = at.plain_operand(0), targets = at.plain_operand(1), dx = at.define_plain(0);
  const Matrix m(at.result_type(0));
  const bool labelled = at.input_type(1).dtype == DType::i32;
  const double smoothing = at.attr(0);
  at.emit("loop", {dy.slot, targets.slot, dx.slot}, [=] {
    const double share = -dy.slot->f32()[0] / static_cast<double>(m.rows);
    const double kept = (1 - smoothing) * share, spread = smoothing / static_cast<double>(m.columns) * share;
    for (int64_t row = 0; row < m.rows; row++) {
      float* out = dx.slot->f32() + row * m.columns;
      if (labelled) {
        const int32_t label = targets.slot->i32()[row];
        check_label(row, label, m.columns);
        std::fill(out, out + m.columns, static_cast<float>(spread));
        out[label] = static_cast<float>(kept + spread);
      } else {
        const float* t = targets.slot->f32() + row * m.columns;
        for (int64_t j = 0; j < m.columns; j++) out[j] = static_cast<float>(kept * t[j] + spread);
      }
    }
  });
}

void squared_distance(Lowering& at) {
  const Placed x = at.plain_operand(0), centres = at.plain_operand(1), y = at.define_plain(0);
  const Matrix m(at.input_type(0)), c(at.input_type(1));
  at.emit("loop", {x.slot, centres.slot, y.slot}, [=, from = x.slot, to = y.slot, centre = centres.slot] {
    parallel(m.rows, row_grain, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++)
        for (int64_t k = 0; k < c.rows; k++) {
          const float *a = from->f32() + row * m.columns, *b = centre->f32() + k * c.columns;
          float sum = 0;
#pragma omp simd reduction(+ : sum)
          for (int64_t d = 0; d < m.columns; d++) sum += (a[d] - b[d]) * (a[d] - b[d]);
          to->f32()[row * c.rows + k] = sum;
        }
    });
  });
}

void squared_distance_grad(Lowering& at) {
  const Placed dy = at.plain_operand(0), x = at.plain_operand(1), centres = at.plain_operand(2);
  const Placed dx = at.define_plain(0), dcentres = at.define_plain(1);
  const Matrix m(at.input_type(1)), c(at.input_type(2));
  at.emit("loop", {dy.slot, x.slot, centres.slot, dx.slot, dcentres.slot}, [=] {
    const float *g = dy.slot->f32(), *a = x.slot->f32(), *b = centres.slot->f32();
    float *da = dx.slot->f32(), *db = dcentres.slot->f32();
    std::fill(da, da + m.rows * m.columns, 0.f);
    std::fill(db, db + c.rows * c.columns, 0.f);
    for (int64_t row = 0; row < m.rows; row++)
      for (int64_t k = 0; k < c.rows; k++) {
        const float twice = 2 * g[row * c.rows + k];
        for (int64_t d = 0; d < m.columns; d++) {
          const float part = twice * (a[row * m.columns + d] - b[k * c.columns + d]);
          da[row * m.columns + d] += part;
          db[k * c.columns + d] -= part;
        }
      }
  });
}

}  // namespace convnets
