// Ops that move elements. Joining and slicing channels stays in blocked layouts where whole blocks move.
#include "shape.h"

#include <cmath>
#include <cstring>

#include "parallel.h"

namespace convnets {

namespace {

size_t element_bytes(const Type& type) { return type.dtype == DType::u8 ? 1 : 4; }

int64_t product(const Dims& dims, size_t from, size_t to) {
  int64_t result = 1;
  for (size_t axis = from; axis < to; axis++) result *= dims[axis];
  return result;
}

char* bytes_of(const Slot* slot) { return static_cast<char*>(slot->data); }

/// Copies `rows` pieces of `length` bytes between two strides.
void copy_rows(const char* from, size_t from_stride, char* to, size_t to_stride, size_t length,
               int64_t rows) {
  parallel(rows, std::max<int64_t>(1, static_cast<int64_t>((1 << 16) / (length + 1))),
           [&](int64_t begin, int64_t end) {
             for (int64_t row = begin; row < end; row++)
               std::memcpy(to + static_cast<size_t>(row) * to_stride,
                           from + static_cast<size_t>(row) * from_stride, length);
           });
}

/// The channel block all of the node's operands are laid out in, or 1 where rows of plain elements must move.
int64_t shared_block(Lowering& at, size_t axis) {
  if (axis != 1 || at.input_type(0).dims.size() != 4) return 1;
  for (size_t i = 0; i < at.input_count(); i++) {
    const Value& value = at.input(i);
    if (!value.md || !has_image_layout(*value.md)) continue;
    const int64_t block = image_layout(*value.md).block;
    if (block == 1) continue;
    for (size_t j = 0; j < at.input_count(); j++)
      if (at.input_type(j).dims[1] % block != 0) return 1;
    return block;
  }
  return 1;
}

/// Whether all operands are images whose channels lie side by side.
bool channels_last(Lowering& at) {
  for (size_t i = 0; i < at.input_count(); i++) {
    const Value& value = at.input(i);
    if (value.type.dims.size() != 4 || !value.md || *value.md != channels_last_md(value.type)) return false;
  }
  return true;
}

/// The axes of a tensor whose channels lie in blocks: [n, c / block, ..., block].
Dims blocked_dims(Dims dims, int64_t block) {
  if (block > 1) {
    dims[1] = (dims[1] + block - 1) / block;
    dims.push_back(block);
  }
  return dims;
}

}  // namespace

void concat(Lowering& at) {
  const auto axis = static_cast<size_t>(at.integer(0));
  const bool pixels = axis == 1 && channels_last(at);
  const int64_t block = shared_block(at, axis);
  const Type& type = at.result_type(0);
  const auto layout = [&](const Type& of) { return pixels ? channels_last_md(of) : same_layout(of, block); };
  std::vector<Slot*> slots;
  std::vector<size_t> lengths;
  const int64_t behind = product(type.dims, axis + 1, type.dims.size()), before = product(type.dims, 0, axis);
  const size_t unit = element_bytes(type) * static_cast<size_t>(pixels ? 1 : behind);
  for (size_t i = 0; i < at.input_count(); i++) {
    slots.push_back(at.operand_as(i, layout(at.input_type(i))).slot);
    lengths.push_back(unit * static_cast<size_t>(at.input_type(i).dims[axis]));
  }
  const Placed y = at.define(0, layout(type));
  const size_t row = unit * static_cast<size_t>(type.dims[axis]);
  const int64_t rows = pixels ? before * behind : before;
  std::vector<Slot*> touched = slots;
  touched.push_back(y.slot);
  at.emit("copy", touched, [=, to = y.slot] {
    size_t offset = 0;
    for (size_t i = 0; i < slots.size(); i++) {
      copy_rows(bytes_of(slots[i]), lengths[i], bytes_of(to) + offset, row, lengths[i], rows);
      offset += lengths[i];
    }
  });
}

void slice(Lowering& at) {
  const auto axis = static_cast<size_t>(at.integer(0));
  const int64_t start = at.integer(1), extent = at.integer(2);
  int64_t block = shared_block(at, axis);
  if (start % block != 0 || extent % block != 0) block = 1;
  const Type &from = at.input_type(0), &type = at.result_type(0);
  const Placed x = at.operand_as(0, same_layout(from, block)), y = at.define(0, same_layout(type, block));
  const size_t unit =
      element_bytes(type) * static_cast<size_t>(product(type.dims, axis + 1, type.dims.size()));
  const size_t row = unit * static_cast<size_t>(from.dims[axis]), length = unit * static_cast<size_t>(extent);
  const int64_t rows = product(type.dims, 0, axis);
  at.emit("copy", {x.slot, y.slot}, [=, from = x.slot, to = y.slot] {
    copy_rows(bytes_of(from) + unit * static_cast<size_t>(start), row, bytes_of(to), length, length, rows);
  });
}

void pad(Lowering& at) {
  const Type& type = at.result_type(0);
  Dims before = at.integers(0, type.dims.size());
  const double value = at.attr(2 * type.dims.size());
  // Blocks stay whole where channels move by blocks; their padding is zeros, as what is added has to be.
  const Placed given = at.image_operand(0);
  int64_t block = image_layout(given.md).block;
  if (block > 1 && (value != 0 || before[1] % block != 0)) block = 1;
  const Placed x = at.operand_as(0, same_layout(at.input_type(0), block));
  const Placed y = at.define(0, same_layout(type, block));
  Dims from = blocked_dims(at.input_type(0).dims, block), to = blocked_dims(type.dims, block);
  if (block > 1) {
    before[1] /= block;
    before.push_back(0);
  }
  // Axes that stay as they are move with the one before them.
  for (; to.size() > 1 && from.back() == to.back(); from.pop_back(), to.pop_back(), before.pop_back())
    for (Dims* dims : {&from, &to, &before}) (*dims)[dims->size() - 2] *= to.back();
  const size_t rank = to.size();
  const size_t unit = element_bytes(type);
  const int64_t width = rank == 0 ? 1 : from.back(), total = product(to, 0, rank);
  const int64_t rows = product(from, 0, std::max<size_t>(rank, 1) - 1);
  const DType dtype = type.dtype;
  at.emit("copy", {x.slot, y.slot}, [=, source = x.slot, target = y.slot] {
    if (dtype == DType::u8)
      std::memset(target->data, static_cast<int>(value), static_cast<size_t>(total));
    else if (dtype == DType::i32)
      std::fill(target->i32(), target->i32() + total, static_cast<int32_t>(value));
    else
      std::fill(target->f32(), target->f32() + total, static_cast<float>(value));
    parallel(rows, std::max<int64_t>(1, 8192 / std::max<int64_t>(width, 1)), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++) {
        int64_t rest = row, offset = 0, stride = rank == 0 ? 1 : to[rank - 1];
        for (size_t axis = rank; axis-- > 1;) {
          const int64_t extent = from[axis - 1];
          offset += (rest % extent + before[axis - 1]) * stride;
          rest /= extent;
          stride *= to[axis - 1];
        }
        if (rank > 0) offset += before[rank - 1];
        std::memcpy(bytes_of(target) + static_cast<size_t>(offset) * unit,
                    bytes_of(source) + static_cast<size_t>(row * width) * unit,
                    static_cast<size_t>(width) * unit);
      }
    });
  });
}

void reshape(Lowering& at) { at.alias(0, at.plain_operand(0), plain_md(at.result_type(0))); }

void gather_rows(Lowering& at) {
  const Dims rows = at.integers(0, at.node().attrs.size());
  const Placed x = at.plain_operand(0), y = at.define_plain(0);
  const Type& type = at.result_type(0);
  const size_t length = sizeof(float) * static_cast<size_t>(product(type.dims, 1, type.dims.size()));
  at.emit("copy", {x.slot, y.slot}, [=, from = x.slot, to = y.slot] {
    for (size_t row = 0; row < rows.size(); row++) {
      char* target = bytes_of(to) + row * length;
      if (rows[row] < 0)
        std::memset(target, 0, length);
      else
        std::memcpy(target, bytes_of(from) + static_cast<size_t>(rows[row]) * length, length);
    }
  });
}

void transpose(Lowering& at) {
  const Type &from = at.input_type(0), &type = at.result_type(0);
  const size_t rank = type.dims.size();
  const Dims axes = at.integers(0, rank), dims = type.dims;
  Dims strides;
  for (const int64_t axis : axes)
    strides.push_back(product(from.dims, static_cast<size_t>(axis) + 1, from.dims.size()));
  const Placed x = at.plain_operand(0), y = at.define_plain(0);
  const int64_t length = rank == 0 ? 1 : dims.back(), rows = type.size() / std::max<int64_t>(length, 1);
  const int64_t stride = rank == 0 ? 1 : strides.back();
  at.emit("copy", {x.slot, y.slot}, [=, source = x.slot, target = y.slot] {
    parallel(rows, std::max<int64_t>(1, 8192 / std::max<int64_t>(length, 1)),
             [&](int64_t begin, int64_t end) {
               for (int64_t row = begin; row < end; row++) {
                 int64_t rest = row, offset = 0;
                 for (size_t axis = rank; axis-- > 1;) {
                   offset += rest % dims[axis - 1] * strides[axis - 1];
                   rest /= dims[axis - 1];
                 }
                 const float* in = source->f32() + offset;
                 float* out = target->f32() + row * length;
                 for (int64_t i = 0; i < length; i++) out[i] = in[i * stride];
               }
             });
  });
}

namespace {

/// Where one output position of a bilinear resize reads, as src/ops/resize.ts defines it.
struct Tap {
  int64_t low, high;
  float fraction;
};

std::vector<Tap> bilinear_taps(int64_t from, int64_t to) {
  std::vector<Tap> taps;
  for (int64_t position = 0; position < to; position++) {
    const double centre = std::max(
        0.0,
        (static_cast<double>(position) + 0.5) * static_cast<double>(from) / static_cast<double>(to) - 0.5);
    const int64_t low = std::min(static_cast<int64_t>(centre), from - 1);
    taps.push_back({low, std::min(low + 1, from - 1), static_cast<float>(centre - static_cast<double>(low))});
  }
  return taps;
}

template <typename Pixel>
void resize_map(const Pixel* x, int64_t w, float* y, const std::vector<Tap>& rows,
                const std::vector<Tap>& columns) {
  for (const Tap& row : rows) {
    const Pixel *above = x + row.low * w, *below = x + row.high * w;
    for (const Tap& column : columns) {
      const auto low = static_cast<float>(above[column.low]), high = static_cast<float>(above[column.high]);
      const auto low2 = static_cast<float>(below[column.low]), high2 = static_cast<float>(below[column.high]);
      const float top = low + (high - low) * column.fraction;
      const float bottom = low2 + (high2 - low2) * column.fraction;
      *y++ = top + (bottom - top) * row.fraction;
    }
  }
}

}  // namespace

void resize(Lowering& at) {
  const Type from = at.input_type(0), type = at.result_type(0);
  const auto rows = bilinear_taps(from.dims[2], type.dims[2]),
             columns = bilinear_taps(from.dims[3], type.dims[3]);
  const Placed x = at.plain_operand(0), y = at.define_plain(0);
  const int64_t in = from.dims[2] * from.dims[3], out = type.dims[2] * type.dims[3], w = from.dims[3];
  at.emit("loop", {x.slot, y.slot}, [=, source = x.slot, to = y.slot] {
    parallel(type.dims[0] * type.dims[1], 1, [&](int64_t begin, int64_t end) {
      for (int64_t map = begin; map < end; map++) {
        if (from.dtype == DType::u8)
          resize_map(source->u8() + map * in, w, to->f32() + map * out, rows, columns);
        else
          resize_map(source->f32() + map * in, w, to->f32() + map * out, rows, columns);
      }
    });
  });
}

void resize_input_grad(Lowering& at) {
  const Type from = at.input_type(0), type = at.result_type(0);
  const auto rows = bilinear_taps(type.dims[2], from.dims[2]),
             columns = bilinear_taps(type.dims[3], from.dims[3]);
  const Placed dy = at.plain_operand(0), dx = at.define_plain(0);
  const int64_t in = from.dims[2] * from.dims[3], out = type.dims[2] * type.dims[3], w = type.dims[3];
  at.emit("loop", {dy.slot, dx.slot}, [=, source = dy.slot, to = dx.slot] {
    parallel(type.dims[0] * type.dims[1], 1, [&](int64_t begin, int64_t end) {
      for (int64_t map = begin; map < end; map++) {
        const float* gradient = source->f32() + map * in;
        float* target = to->f32() + map * out;
        std::fill(target, target + out, 0.f);
        for (const Tap& row : rows)
          for (const Tap& column : columns) {
            const float g = *gradient++;
            const float below = g * row.fraction, above = g - below;
            target[row.low * w + column.low] += above - above * column.fraction;
            target[row.low * w + column.high] += above * column.fraction;
            target[row.high * w + column.low] += below - below * column.fraction;
            target[row.high * w + column.high] += below * column.fraction;
          }
      }
    });
  });
}

}  // namespace convnets
