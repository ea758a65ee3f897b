// What a kernel's preparation sees of the program under construction.
#pragma once

#include <initializer_list>

#include "choose.h"
#include "program.h"

namespace convnets {

struct PrimitiveArg {
  int name;
  Placed placed;
};

class Lowering {
 public:
  Lowering(Program& program, const NodeSpec& node) : program_(program), node_(node) {}

  const NodeSpec& node() const { return node_; }
  size_t input_count() const { return node_.inputs.size(); }
  Value& input(size_t index) { return program_.values_.at(node_.inputs.at(index)); }
  Value& result(size_t index) { return program_.values_.at(node_.results.at(index)); }
  const Type& input_type(size_t index) { return input(index).type; }
  const Type& result_type(size_t index) { return result(index).type; }
  double attr(size_t index) const { return node_.attrs.at(index); }
  int64_t integer(size_t index) const;
  Dims integers(size_t from, size_t count) const;
  /// Whether an operand lies in layout `md`, or a reorder of it does.
  bool lies_as(size_t index, const Md& md);
  /// Whether anything reads a result.
  bool needed(size_t index) { return result(index).uses > 0; }
  bool exact() const { return program_.options_.exact; }
  bool profiling() const { return program_.options_.profile; }
  /// The index of the candidate that was chosen for this work before, or of the fastest.
  size_t choose(const std::string& key, const std::vector<Candidate>& candidates) {
    return convnets::choose(program_.options_.choices, program_.chosen_, key, candidates);
  }

  /// An operand as it lies; a state without a layout becomes plain.
  Placed operand(size_t index);
  /// An operand in row-major order.
  Placed plain_operand(size_t index);
  /// An operand in a layout that our own loops walk.
  Placed image_operand(size_t index);
  /// An operand in layout `md`, reordered when it lies otherwise. A state without a layout takes it.
  Placed operand_as(size_t index, const Md& md);
  /// The layout to ask a primitive for: the operand's own, or any for a state that has none yet.
  Md wanted(size_t index);

  /// Memory for a result.
  Placed define(size_t index, const Md& md);
  Placed define_plain(size_t index) { return define(index, plain_md(result_type(index))); }
  /// Memory for a result that may overwrite `operand`, if nobody reads that any more and the layouts agree.
  Placed define_over(size_t index, const Placed& operand);
  /// Memory for a result that holds the elements of an operand when the step begins: the operand's own, if
  /// nobody reads that any more, this step's `source` included, else a copy.
  Placed define_holding(size_t index, size_t operand, const Md& md, const Slot* source);
  /// A result that is the operand's memory under another type.
  void alias(size_t index, const Placed& operand, const Md& md);
  /// Memory this node alone needs.
  Slot* scratch(size_t bytes);
  /// The same for what follows from the contents of `from` alone: constant when those are.
  Slot* scratch_from(const Slot* from, size_t bytes);

  /// Adds a step of our own. `slots` are all it touches. When all of them are constant, the step is the
  /// prologue's: it does not run again before a state is written.
  Step& emit(std::string kernel, std::vector<Slot*> slots, std::function<void()> run);
  /// Adds a step that runs a primitive; its scratchpad comes out of the plan.
  template <typename Pd>
  void emit_primitive(const Pd& pd, const dnnl::primitive& primitive, std::vector<PrimitiveArg> args) {
    args.push_back({DNNL_ARG_SCRATCHPAD, {pd.scratchpad_desc(), scratch(pd.scratchpad_desc().get_size())}});
    emit_primitive_step(primitive, pd.impl_info_str(), std::move(args), node_.flops);
  }
  void emit_reorder(const Placed& from, const Placed& to);

  // The same for a value that is no operand: outputs and updates.
  Placed value_as(Value& value, const Md& md);

 private:
  void emit_primitive_step(const dnnl::primitive& primitive, std::string kernel,
                           std::vector<PrimitiveArg> args, double flops);
  int remaining_reads(const Slot* slot) const;

  Program& program_;
  const NodeSpec& node_;
};

/// Prepares one node: chooses, builds and emits.
using Prepare = void (*)(Lowering&);

/// The kernel of every op this engine has, by the op's name.
const std::map<std::string, Prepare>& kernels();

/// Attributes that keep scratchpads in the plan.
dnnl::primitive_attr user_scratchpad();

}  // namespace convnets
