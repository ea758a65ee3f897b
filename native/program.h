// A program: a graph lowered to steps over planned memory. Built once on the compute thread, then only run.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "layout.h"

namespace convnets {

/// Something a caller asked for that can't be done; its message reaches the user.
struct Unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A piece of memory. Pieces of the arena get their place from the plan, by the steps that touch them.
struct Slot {
  enum class Place { arena, resident };

  size_t bytes = 0;
  Place place = Place::arena;
  bool constant = false;  // its contents follow from states that no update changes
  int first = -1;         // the first and the last step that touches it
  int last = -1;
  void* data = nullptr;

  float* f32() const { return static_cast<float*>(data); }
  uint8_t* u8() const { return static_cast<uint8_t*>(data); }
  int32_t* i32() const { return static_cast<int32_t*>(data); }
};

/// A piece of memory and how to read it.
struct Placed {
  Md md;
  Slot* slot = nullptr;
};

enum class Role { input, state, made };

/// A value of the graph: where it lies and in which layout. States take the layout their first reader likes
/// best.
struct Value {
  Type type;
  Role role = Role::made;
  int uses = 0;  // reads that are still to come
  std::optional<Md> md;
  Slot* slot = nullptr;
  Value* updates = nullptr;      // the state that takes this value after the run
  bool constant = false;         // a state without an update, or made from nothing else
  std::vector<Placed> reorders;  // the same elements in other layouts, made for earlier readers
};

/// A node, as JavaScript describes it. `attrs` is flat; each op knows its own form.
struct NodeSpec {
  std::string op, scope;
  double flops = 0;
  std::vector<int> inputs, results;
  std::vector<double> attrs;
};

struct ValueSpec {
  DType dtype = DType::f32;
  Dims dims;
  Role role = Role::made;
};

struct UpdateSpec {
  int state = 0, value = 0;
};

struct GraphSpec {
  std::vector<ValueSpec> values;
  std::vector<NodeSpec> nodes;
  std::vector<int> outputs;
  std::vector<UpdateSpec> updates;
};

/// Which algorithm measured fastest, by a key that names the work. Filled while preparing, kept by
/// JavaScript.
using Choices = std::map<std::string, std::string>;

struct Options {
  bool profile = false;
  bool exact = false;  // direct convolutions only
  Choices choices;
};

struct Step {
  std::string op, scope, kernel;
  double flops = 0;
  std::vector<Slot*> slots;
  std::function<void()> bind;  // once, when the slots have their places; may be empty
  std::function<void()> run;
  double seconds = 0;
  int64_t runs = 0;
};

class Program {
 public:
  Program(const GraphSpec& graph, Options options);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  /// The pieces of memory the plan has to place, in the order `bind` takes their offsets.
  const std::vector<Slot*>& planned() const { return planned_; }
  void bind(const std::vector<double>& offsets, double arena_bytes);

  void run();

  /// Copies an input's or an output's elements, in row-major order; false when `bytes` is not their length.
  bool set_input(int value, const void* from, size_t bytes);
  bool copy_output(size_t index, void* to, size_t bytes) const;

  /// Copies a state to or from row-major order.
  void read(int state, void* to);
  void write(int state, const void* from);

  size_t value_bytes(int value) const;
  size_t resident_bytes() const;
  size_t arena_bytes() const { return arena_bytes_; }
  /// What runs before the first run after a state was written, and what runs every time.
  const std::list<Step>& prologue() const { return prologue_; }
  const std::list<Step>& steps() const { return steps_; }
  /// What this program chose, whether it measured or was told.
  const Choices& choices() const { return chosen_; }

 private:
  friend class Lowering;

  Slot* new_slot(size_t bytes, Slot::Place place, bool constant = false);
  void place_slots();
  void run_steps(std::list<Step>& steps);
  Value& state_value(int state);

  Options options_;
  Choices chosen_;
  std::vector<Value> values_;
  std::list<Slot> slots_;  // addresses are kept
  std::vector<Slot*> planned_;
  std::vector<Slot*> outputs_;
  std::list<Step> prologue_, steps_;
  std::vector<std::unique_ptr<char, void (*)(void*)>> memory_;
  size_t arena_bytes_ = 0;
  bool bound_ = false;
  bool stale_ = true;  // a state was written since the prologue ran
};

/// The engine and the stream every primitive runs on.
dnnl::engine& cpu();
dnnl::stream& cpu_stream();

}  // namespace convnets
