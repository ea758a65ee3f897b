#include "lowering.h"

#include <algorithm>
#include <cmath>

namespace convnets {

int64_t Lowering::integer(size_t index) const {
  const double value = attr(index);
  if (value != std::floor(value) || std::abs(value) > 1e15) throw Unsupported("an attribute is no integer");
  return static_cast<int64_t>(value);
}

Dims Lowering::integers(size_t from, size_t count) const {
  Dims list;
  for (size_t index = from; index < from + count; index++) list.push_back(integer(index));
  return list;
}

Md Lowering::wanted(size_t index) {
  const Value& value = input(index);
  return value.md ? *value.md : any_md(value.type);
}

bool Lowering::lies_as(size_t index, const Md& md) {
  const Value& value = input(index);
  if (!value.md || *value.md == md || (is_plain(*value.md) && is_plain(md))) return true;
  for (const Placed& made : value.reorders)
    if (made.md == md) return true;
  return false;
}

Placed Lowering::operand(size_t index) {
  Value& value = input(index);
  return value_as(value, value.md ? *value.md : plain_md(value.type));
}

Placed Lowering::plain_operand(size_t index) { return value_as(input(index), plain_md(input_type(index))); }

Placed Lowering::image_operand(size_t index) {
  const Placed placed = operand(index);
  return has_image_layout(placed.md) ? placed : plain_operand(index);
}

Placed Lowering::operand_as(size_t index, const Md& md) { return value_as(input(index), md); }

Placed Lowering::value_as(Value& value, const Md& md) {
  if (!value.md) {
    // Weights in a form that oneDNN can't reorder back would not be there to be read.
    value.md = blocks_of(md).blocked ? md : plain_md(value.type);
    value.slot = program_.new_slot(value.md->get_size(), Slot::Place::resident, value.constant);
  }
  if (*value.md == md) return {md, value.slot};
  if (is_plain(*value.md) && is_plain(md)) return {md, value.slot};
  for (const Placed& made : value.reorders)
    if (made.md == md) return made;
  const Placed made{md, scratch_from(value.slot, md.get_size())};
  emit_reorder({*value.md, value.slot}, made);
  value.reorders.push_back(made);
  return made;
}

Placed Lowering::define(size_t index, const Md& md) {
  Value& value = result(index);
  value.md = md;
  value.slot = program_.new_slot(md.get_size(), Slot::Place::arena, value.constant);
  return {md, value.slot};
}

Placed Lowering::define_over(size_t index, const Placed& operand) {
  Value& value = result(index);
  const Slot* slot = operand.slot;
  const bool own_state = value.updates != nullptr && value.updates->slot == slot;
  // A constant has readers in every run to come.
  const bool writable = (slot->place == Slot::Place::arena && !slot->constant) || own_state;
  if (!writable || remaining_reads(slot) > 0) return define(index, operand.md);
  value.md = operand.md;
  value.slot = operand.slot;
  return operand;
}

Placed Lowering::define_holding(size_t index, size_t operand, const Md& md, const Slot* source) {
  const Placed held = operand_as(operand, md);
  const Placed made = held.slot == source ? define(index, md) : define_over(index, held);
  if (made.slot != held.slot) emit_reorder(held, made);
  return made;
}

void Lowering::alias(size_t index, const Placed& operand, const Md& md) {
  Value& value = result(index);
  value.md = md;
  value.slot = operand.slot;
}

/// Reads to come of what lies in `slot`, by later nodes, outputs and updates, under whatever name.
int Lowering::remaining_reads(const Slot* slot) const {
  int reads = 0;
  for (const Value& value : program_.values_) {
    if (value.slot == slot) reads += value.uses;
    for (const Placed& made : value.reorders)
      if (made.slot == slot) reads += value.uses;
  }
  return reads;
}

Slot* Lowering::scratch(size_t bytes) {
  const bool constant = !node_.results.empty() && result(0).constant;
  return program_.new_slot(bytes, Slot::Place::arena, constant);
}

Slot* Lowering::scratch_from(const Slot* from, size_t bytes) {
  return program_.new_slot(bytes, Slot::Place::arena, from->constant);
}

Step& Lowering::emit(std::string kernel, std::vector<Slot*> slots, std::function<void()> run) {
  Step step;
  step.op = node_.op;
  step.scope = node_.scope;
  step.kernel = std::move(kernel);
  step.flops = node_.flops;
  step.slots = std::move(slots);
  step.run = std::move(run);
  const bool once =
      std::all_of(step.slots.begin(), step.slots.end(), [](Slot* slot) { return slot->constant; });
  std::list<Step>& steps = once ? program_.prologue_ : program_.steps_;
  steps.push_back(std::move(step));
  return steps.back();
}

void Lowering::emit_primitive_step(const dnnl::primitive& primitive, std::string kernel,
                                   std::vector<PrimitiveArg> args, double flops) {
  // Bound once: the objects a run hands to oneDNN exist before it starts.
  struct Bound {
    dnnl::primitive primitive;
    std::vector<PrimitiveArg> args;
    std::vector<dnnl::memory> memories;
    std::vector<dnnl_exec_arg_t> exec;
  };
  auto bound = std::make_shared<Bound>();
  bound->primitive = primitive;
  std::vector<Slot*> slots;
  for (PrimitiveArg& arg : args) {
    if (arg.placed.slot == nullptr || arg.placed.md.get_size() == 0) continue;
    slots.push_back(arg.placed.slot);
    bound->args.push_back(arg);
  }
  Step& step = emit(std::move(kernel), std::move(slots), [bound] {
    const dnnl_status_t status = dnnl_primitive_execute(
        bound->primitive.get(), cpu_stream().get(), static_cast<int>(bound->exec.size()), bound->exec.data());
    dnnl::error::wrap_c_api(status, "oneDNN could not run a primitive");
  });
  step.flops = flops;
  step.bind = [bound] {
    for (const PrimitiveArg& arg : bound->args) {
      bound->memories.emplace_back(arg.placed.md, cpu(), arg.placed.slot->data);
      bound->exec.push_back({arg.name, bound->memories.back().get()});
    }
  };
}

void Lowering::emit_reorder(const Placed& from, const Placed& to) {
  const dnnl::reorder::primitive_desc pd(cpu(), from.md, cpu(), to.md, user_scratchpad());
  const Md scratchpad = pd.scratchpad_desc();
  emit_primitive_step(dnnl::reorder(pd), std::string("reorder ") + pd.impl_info_str(),
                      {{DNNL_ARG_FROM, from},
                       {DNNL_ARG_TO, to},
                       {DNNL_ARG_SCRATCHPAD, {scratchpad, scratch_from(from.slot, scratchpad.get_size())}}},
                      0);
}

dnnl::primitive_attr user_scratchpad() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

}  // namespace convnets
