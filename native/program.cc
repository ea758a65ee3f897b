#include "program.h"

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "lowering.h"

namespace convnets {

namespace {

/// Page-aligned, zeroed and touched, so that no page fault falls into a run.
std::unique_ptr<char, void (*)(void*)> touched(size_t bytes) {
  constexpr size_t huge_page = size_t{1} << 21;
  const size_t alignment = bytes >= huge_page ? huge_page : 4096;
  const size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  void* data = nullptr;
  if (posix_memalign(&data, alignment, rounded) != 0)
    throw Unsupported("there is no memory for another " + std::to_string(rounded >> 20) + " MiB");
#ifdef MADV_HUGEPAGE
  madvise(data, rounded, MADV_HUGEPAGE);  // advice only: without huge pages it merely runs slower
#endif
  std::memset(data, 0, rounded);
  return {static_cast<char*>(data), std::free};
}

}  // namespace

Program::Program(const GraphSpec& graph, Options options) : options_(std::move(options)) {
  for (const ValueSpec& spec : graph.values) {
    Value value;
    value.type = {spec.dtype, spec.dims};
    value.role = spec.role;
    value.constant = spec.role == Role::state;
    if (spec.role == Role::input) {
      value.md = plain_md(value.type);
      value.slot = new_slot(value.md->get_size(), Slot::Place::resident);
    }
    values_.push_back(std::move(value));
  }
  for (const NodeSpec& node : graph.nodes)
    for (const int index : node.inputs) values_.at(index).uses++;
  for (const int output : graph.outputs) values_.at(output).uses++;
  for (const UpdateSpec& update : graph.updates) {
    values_.at(update.value).uses++;
    values_.at(update.value).updates = &values_.at(update.state);
    values_.at(update.state).constant = false;
  }

  for (const NodeSpec& node : graph.nodes) {
    const auto constant = [this](int index) { return values_.at(index).constant; };
    const bool all = std::all_of(node.inputs.begin(), node.inputs.end(), constant);
    for (const int index : node.results) values_.at(index).constant = all;
    for (const int index : node.inputs) values_.at(index).uses--;
    Lowering lowering(*this, node);
    kernels().at(node.op)(lowering);
  }

  const NodeSpec outputs{"output", "", 0, {}, {}, {}};
  Lowering epilogue(*this, outputs);
  for (const int output : graph.outputs) {
    Value& value = values_.at(output);
    const Md plain = plain_md(value.type);
    const Placed from = epilogue.value_as(value, value.md ? *value.md : plain);
    outputs_.push_back(new_slot(plain.get_size(), Slot::Place::resident, value.constant));
    epilogue.emit_reorder(from, {plain, outputs_.back()});
  }
  // A state that takes another state's old contents gets them from a copy made before any state changes.
  std::vector<std::pair<Placed, Value*>> pending;
  for (const UpdateSpec& update : graph.updates) {
    Value& value = values_.at(update.value);
    Value& state = values_.at(update.state);
    if (!value.md) epilogue.value_as(value, plain_md(value.type));
    Placed from{*value.md, value.slot};
    if (state.slot == value.slot && state.slot != nullptr) continue;
    if (value.slot->place == Slot::Place::resident) {
      const Placed copy{from.md, epilogue.scratch_from(from.slot, from.md.get_size())};
      epilogue.emit_reorder(from, copy);
      from = copy;
    }
    pending.emplace_back(from, &state);
  }
  for (const auto& [from, state] : pending)
    epilogue.emit_reorder(from, epilogue.value_as(*state, state->md ? *state->md : from.md));

  for (Value& value : values_)  // states nobody reads are still there to be read and written
    if (value.role == Role::state && !value.md) epilogue.value_as(value, plain_md(value.type));
  place_slots();
}

Program::~Program() = default;

Slot* Program::new_slot(size_t bytes, Slot::Place place, bool constant) {
  slots_.emplace_back();
  slots_.back().bytes = bytes;
  slots_.back().place = place;
  slots_.back().constant = constant;
  return &slots_.back();
}

/// Finds what the plan has to place, and for how long. What the prologue leaves to other steps has to outlast
/// all runs.
void Program::place_slots() {
  int index = 0;
  const auto touch = [&index](const std::list<Step>& steps) {
    for (const Step& step : steps) {
      for (Slot* slot : step.slots) {
        if (slot->first < 0) slot->first = index;
        slot->last = index;
      }
      index++;
    }
  };
  touch(prologue_);
  const int begin = index;
  touch(steps_);
  for (Slot& slot : slots_) {
    if (slot.place == Slot::Place::resident || slot.first < 0) continue;
    if (slot.first < begin && slot.last >= begin)
      slot.place = Slot::Place::resident;
    else
      planned_.push_back(&slot);
  }
}

void Program::bind(const std::vector<double>& offsets, double arena_bytes) {
  if (bound_) throw Unsupported("a program is bound once");
  if (offsets.size() != planned_.size()) throw Unsupported("the plan does not fit the program");
  arena_bytes_ = static_cast<size_t>(arena_bytes);
  for (size_t i = 0; i < offsets.size(); i++) {
    const double offset = offsets[i];
    if (!(offset >= 0) || offset + static_cast<double>(planned_[i]->bytes) > arena_bytes)
      throw Unsupported("the plan places a value outside of the arena");
  }
  if (!planned_.empty()) {
    memory_.push_back(touched(arena_bytes_));
    char* base = memory_.back().get();
    for (size_t i = 0; i < offsets.size(); i++) planned_[i]->data = base + static_cast<size_t>(offsets[i]);
  }
  for (Slot& slot : slots_) {
    if (slot.place != Slot::Place::resident || slot.bytes == 0) continue;
    memory_.push_back(touched(slot.bytes));
    slot.data = memory_.back().get();
  }
  for (std::list<Step>* steps : {&prologue_, &steps_})
    for (Step& step : *steps)
      if (step.bind) step.bind();
  bound_ = true;
}

void Program::run() {
  if (stale_) run_steps(prologue_);
  stale_ = false;
  run_steps(steps_);
}

void Program::run_steps(std::list<Step>& steps) {
  if (!options_.profile) {
    for (Step& step : steps) step.run();
    return;
  }
  using Clock = std::chrono::steady_clock;
  for (Step& step : steps) {
    const auto start = Clock::now();
    step.run();
    step.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    step.runs++;
  }
}

bool Program::set_input(int value, const void* from, size_t bytes) {
  const Value& input = values_.at(value);
  if (!bound_ || input.role != Role::input || bytes != input.slot->bytes) return false;
  std::memcpy(input.slot->data, from, bytes);
  return true;
}

bool Program::copy_output(size_t index, void* to, size_t bytes) const {
  const Slot* slot = outputs_.at(index);
  if (!bound_ || bytes != slot->bytes) return false;
  std::memcpy(to, slot->data, bytes);
  return true;
}

Value& Program::state_value(int state) {
  Value& value = values_.at(state);
  if (!bound_ || value.role != Role::state) throw Unsupported("no such state");
  return value;
}

void Program::read(int state, void* to) {
  const Value& value = state_value(state);
  dnnl::memory source(*value.md, cpu(), value.slot->data);
  dnnl::memory target(plain_md(value.type), cpu(), to);
  dnnl::reorder(source, target).execute(cpu_stream(), source, target);
  cpu_stream().wait();
}

void Program::write(int state, const void* from) {
  const Value& value = state_value(state);
  stale_ = stale_ || value.constant;
  // oneDNN only reads the source of a reorder; its memory objects know no const.
  dnnl::memory source(plain_md(value.type), cpu(), const_cast<void*>(from));
  dnnl::memory target(*value.md, cpu(), value.slot->data);
  dnnl::reorder(source, target).execute(cpu_stream(), source, target);
  cpu_stream().wait();
}

size_t Program::value_bytes(int value) const { return plain_md(values_.at(value).type).get_size(); }

size_t Program::resident_bytes() const {
  size_t bytes = 0;
  for (const Slot& slot : slots_)
    if (slot.place == Slot::Place::resident) bytes += slot.bytes;
  return bytes;
}

dnnl::engine& cpu() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& cpu_stream() {
  static dnnl::stream stream(cpu());
  return stream;
}

}  // namespace convnets
