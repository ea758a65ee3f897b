#include "batch_norm.h"

#include <omp.h>

#include <cmath>

#include "batch_norm_loops.h"
#include "parallel.h"

namespace convnets {

namespace {

/// A thread takes whole blocks of channels, so that what it walks over twice may still be in its cache. Where
/// there are too few blocks for all threads, several share a block by its images, and wait for each other
/// between the two walks.
struct Work {
  ImageLayout layout;
  int64_t shares;

  explicit Work(const ImageLayout& of) : layout(of) {
    const int64_t threads = omp_get_max_threads();
    const int64_t wanted = of.blocks() % threads == 0 || of.blocks() >= 4 * threads ? 1 : threads;
    shares = std::min(wanted, of.n);
  }

  int64_t parts() const { return layout.blocks() * shares; }
  int64_t block_of(int64_t part) const { return part / shares; }
  int64_t count() const { return layout.n * layout.inner; }

  /// The first of the channels in a block, and how many there are in it.
  int64_t channel(int64_t block) const { return block * layout.block; }
  int64_t channels(int64_t block) const { return std::min(layout.block, layout.c - channel(block)); }

  /// Calls `visit(offset)` for the stretches of a part, the second time in the opposite order: what was
  /// walked over last is what a cache still has.
  template <typename Visit>
  void each_stretch(int64_t part, bool backwards, const Visit& visit) const {
    const int64_t share = part % shares;
    const int64_t begin = layout.n * share / shares, end = layout.n * (share + 1) / shares;
    for (int64_t i = begin; i < end; i++) {
      const int64_t image = backwards ? begin + end - 1 - i : i;
      visit(image * layout.image() + block_of(part) * layout.inner * layout.block);
    }
  }

  /// Calls `walk` for every part, then `settle` for every block, then `finish` for every part.
  template <typename Walk, typename Settle, typename Finish>
  void run(const Walk& walk, const Settle& settle, const Finish& finish) const {
    if (shares == 1) {
      parallel(layout.blocks(), 1, [&](int64_t begin, int64_t end) {
        for (int64_t block = begin; block < end; block++) {
          walk(block);
          settle(block);
          finish(block);
        }
      });
      return;
    }
    parallel(parts(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t part = begin; part < end; part++) walk(part);
    });
    for (int64_t block = 0; block < layout.blocks(); block++) settle(block);
    parallel(parts(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t part = begin; part < end; part++) finish(part);
    });
  }
};

template <typename Sums>
void merge_shares(const Work& work, int64_t block, std::vector<Sums>& sums) {
  Sums& first = sums[static_cast<size_t>(block * work.shares)];
  for (int64_t share = 1; share < work.shares; share++)
    first.merge(sums[static_cast<size_t>(block * work.shares + share)]);
}

/// Sets a channel of what ReLU's gradient computes again: the same numbers as in the forward pass.
void draw(Line& line, int64_t channel, float gamma, float beta, float mean, float variance, double eps) {
  line.mean[channel] = mean;
  line.scale[channel] = static_cast<float>(gamma / std::sqrt(static_cast<double>(variance) + eps));
  line.shift[channel] = beta;
}

void forward(Lowering& at, bool relu, bool residual) {
  const Placed x = at.image_operand(0);
  const size_t first = residual ? 2 : 1;
  Slot* added = residual ? at.operand_as(1, x.md).slot : nullptr;
  Slot* gamma = at.plain_operand(first).slot;
  Slot* beta = at.plain_operand(first + 1).slot;
  const Placed y = residual ? at.define_over(0, {x.md, added}) : at.define_over(0, x);
  Slot* means = at.define_plain(1).slot;
  Slot* variances = at.define_plain(2).slot;
  const double eps = at.attr(0);
  const Work work(image_layout(x.md));
  auto moments = std::make_shared<std::vector<Moments>>(work.parts());
  auto line = std::make_shared<std::vector<Line>>(work.layout.blocks());
  std::vector<Slot*> slots = {x.slot, gamma, beta, y.slot, means, variances};
  if (residual) slots.push_back(added);
  at.emit("loop", slots, [=, from = x.slot, to = y.slot] {
    const int64_t rows = work.layout.inner, lane = work.layout.block;
    const auto walk = [&](int64_t part) {
      Moments& own = (*moments)[static_cast<size_t>(part)] = Moments();
      work.each_stretch(part, false,
                        [&](int64_t offset) { add_moments(from->f32() + offset, rows, lane, own); });
    };
    const auto settle = [&](int64_t block) {
      merge_shares(work, block, *moments);
      const Moments& own = (*moments)[static_cast<size_t>(block * work.shares)];
      Line& drawn = (*line)[static_cast<size_t>(block)];
      for (int64_t c = 0; c < work.channels(block); c++) {
        const int64_t channel = work.channel(block) + c;
        means->f32()[channel] = static_cast<float>(own.mean[c]);
        variances->f32()[channel] = static_cast<float>(own.squares[c] / own.count);
        draw(drawn, c, gamma->f32()[channel], beta->f32()[channel], means->f32()[channel],
             variances->f32()[channel], eps);
      }
    };
    const auto finish = [&](int64_t part) {
      const Line& drawn = (*line)[static_cast<size_t>(work.block_of(part))];
      work.each_stretch(part, true, [&](int64_t offset) {
        normalize(from->f32() + offset, added == nullptr ? nullptr : added->f32() + offset,
                  to->f32() + offset, rows, lane, drawn, relu);
      });
    };
    work.run(walk, settle, finish);
  });
}

/// The operands and results of a gradient that every form has, and where they are.
struct GradientSlots {
  Slot *x, *dy, *y = nullptr, *passing = nullptr, *dx = nullptr;
  Slot *gamma, *beta = nullptr, *means, *variances, *dgamma, *dbeta;
};

void gradient(Lowering& at, Passed passed) {
  const bool kept = passed == Passed::kept;
  const Placed x = at.image_operand(0);
  const Placed dy = at.operand_as(kept ? 2 : 1, x.md);
  GradientSlots s{};
  s.x = x.slot;
  s.dy = dy.slot;
  if (kept) s.y = at.operand_as(1, x.md).slot;
  size_t next = kept ? 3 : 2;
  s.gamma = at.plain_operand(next++).slot;
  if (passed == Passed::computed) s.beta = at.plain_operand(next++).slot;
  s.means = at.plain_operand(next++).slot;
  s.variances = at.plain_operand(next).slot;
  if (kept) s.passing = at.define_over(3, dy).slot;
  s.dx = at.define_over(0, x).slot;
  s.dgamma = at.define_plain(1).slot;
  s.dbeta = at.define_plain(2).slot;
  const double eps = at.attr(0);
  const Work work(image_layout(x.md));
  // What a block's second walk needs.
  struct Settled {
    Line line;
    GradientLine gradient;
  };
  auto sums = std::make_shared<std::vector<GradientSums>>(work.parts());
  auto settled = std::make_shared<std::vector<Settled>>(work.layout.blocks());
  std::vector<Slot*> slots = {s.x, s.dy, s.gamma, s.means, s.variances, s.dx, s.dgamma, s.dbeta};
  for (Slot* slot : {s.y, s.passing, s.beta})
    if (slot != nullptr) slots.push_back(slot);
  at.emit("loop", slots, [=] {
    const int64_t rows = work.layout.inner, lane = work.layout.block;
    const auto line_of = [&](int64_t block) {
      Line line;
      for (int64_t c = 0; c < work.channels(block); c++) {
        const int64_t channel = work.channel(block) + c;
        draw(line, c, s.gamma->f32()[channel], s.beta == nullptr ? 0 : s.beta->f32()[channel],
             s.means->f32()[channel], s.variances->f32()[channel], eps);
      }
      return line;
    };
    const auto walk = [&](int64_t part) {
      GradientSums& own = (*sums)[static_cast<size_t>(part)] = GradientSums();
      const Line line = line_of(work.block_of(part));
      work.each_stretch(part, false, [&](int64_t offset) {
        add_gradient_sums(s.x->f32() + offset, s.dy->f32() + offset, kept ? s.y->f32() + offset : nullptr,
                          kept ? s.passing->f32() + offset : nullptr, rows, lane, line, passed, own);
      });
    };
    const auto settle = [&](int64_t block) {
      merge_shares(work, block, *sums);
      const GradientSums& own = (*sums)[static_cast<size_t>(block * work.shares)];
      Settled& to = (*settled)[static_cast<size_t>(block)];
      to.line = line_of(block);
      const auto count = static_cast<double>(work.count());
      for (int64_t c = 0; c < work.channels(block); c++) {
        const int64_t channel = work.channel(block) + c;
        const double inverse = 1 / std::sqrt(static_cast<double>(s.variances->f32()[channel]) + eps);
        const double scale = s.gamma->f32()[channel] * inverse;
        s.dbeta->f32()[channel] = static_cast<float>(own.dy[c]);
        s.dgamma->f32()[channel] = static_cast<float>(own.product[c] * inverse);
        to.gradient.scale[c] = static_cast<float>(scale);
        to.gradient.slope[c] = static_cast<float>(-scale * inverse * inverse * own.product[c] / count);
        to.gradient.shift[c] = static_cast<float>(-scale * own.dy[c] / count);
      }
    };
    const auto finish = [&](int64_t part) {
      const Settled& own = (*settled)[static_cast<size_t>(work.block_of(part))];
      const Slot* from = kept ? s.passing : s.dy;
      work.each_stretch(part, true, [&](int64_t offset) {
        normalize_gradient(s.x->f32() + offset, from->f32() + offset, s.dx->f32() + offset, rows, lane,
                           own.line, kept ? Passed::all : passed, own.gradient);
      });
    };
    work.run(walk, settle, finish);
  });
}

}  // namespace

void batch_norm(Lowering& at) { forward(at, false, false); }

void batch_norm_relu(Lowering& at) { forward(at, true, false); }

void batch_norm_add_relu(Lowering& at) { forward(at, true, true); }

void normalize_relu(Lowering& at) {
  const Placed x = at.image_operand(0);
  std::vector<Slot*> vectors;
  for (size_t i = 1; i < 5; i++) vectors.push_back(at.plain_operand(i).slot);
  const Placed y = at.define(0, x.md);
  const double eps = at.attr(0);
  const Work work(image_layout(x.md));
  std::vector<Slot*> slots = {x.slot, y.slot};
  slots.insert(slots.end(), vectors.begin(), vectors.end());
  at.emit("loop", slots, [=, from = x.slot, to = y.slot] {
    const auto vector = [&](size_t i, int64_t channel) { return vectors[i]->f32()[channel]; };
    parallel(work.layout.blocks() * work.layout.n, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t block = i % work.layout.blocks();
        Line line;
        for (int64_t c = 0; c < work.channels(block); c++) {
          const int64_t channel = work.channel(block) + c;
          draw(line, c, vector(0, channel), vector(1, channel), vector(2, channel), vector(3, channel), eps);
        }
        const int64_t offset = i * work.layout.inner * work.layout.block;
        normalize(from->f32() + offset, nullptr, to->f32() + offset, work.layout.inner, work.layout.block,
                  line, true);
      }
    });
  });
}

void batch_norm_grad(Lowering& at) { gradient(at, Passed::all); }

void batch_norm_relu_grad(Lowering& at) { gradient(at, Passed::computed); }

void batch_norm_add_relu_grad(Lowering& at) { gradient(at, Passed::kept); }

}  // namespace convnets
