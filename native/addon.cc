// The border to JavaScript. Everything that crosses it is checked here; beyond it, numbers are trusted.
#include <napi.h>

#include <atomic>
#include <cmath>
#include <cstring>

#include "lowering.h"
#include "peak.h"
#include "program.h"
#include "worker.h"

namespace convnets {
namespace {

constexpr int64_t max_elements = int64_t{1} << 36;

std::string message_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const dnnl::error& failure) {
    return std::string("oneDNN: ") + failure.what();
  } catch (const std::bad_alloc&) {
    return "out of memory";
  } catch (const std::exception& failure) {
    return failure.what();
  }
}

[[noreturn]] void refuse(const Napi::Env& env, const std::string& what) {
  throw Napi::TypeError::New(env, what);
}

double number(const Napi::Value& value, const char* name) {
  if (!value.IsNumber()) refuse(value.Env(), std::string(name) + " must be a number");
  return value.As<Napi::Number>().DoubleValue();
}

int64_t integer(const Napi::Value& value, const char* name, int64_t least, int64_t most) {
  const double given = number(value, name);
  if (!(given >= static_cast<double>(least) && given <= static_cast<double>(most)) ||
      given != std::floor(given))
    refuse(value.Env(), std::string(name) + " must be an integer from " + std::to_string(least) + " to " +
                            std::to_string(most));
  return static_cast<int64_t>(given);
}

std::string text(const Napi::Value& value, const char* name) {
  if (!value.IsString()) refuse(value.Env(), std::string(name) + " must be a string");
  return value.As<Napi::String>().Utf8Value();
}

Napi::Object object(const Napi::Value& value, const char* name) {
  if (!value.IsObject()) refuse(value.Env(), std::string(name) + " must be an object");
  return value.As<Napi::Object>();
}

Napi::Array list(const Napi::Value& value, const char* name) {
  if (!value.IsArray()) refuse(value.Env(), std::string(name) + " must be an array");
  return value.As<Napi::Array>();
}

std::vector<int> indices(const Napi::Value& value, const char* name, size_t below) {
  const Napi::Array array = list(value, name);
  std::vector<int> result;
  for (uint32_t i = 0; i < array.Length(); i++)
    result.push_back(static_cast<int>(integer(array.Get(i), name, 0, static_cast<int64_t>(below) - 1)));
  return result;
}

ValueSpec value_spec(const Napi::Object& from) {
  static const std::map<std::string, DType> dtypes = {
      {"f32", DType::f32}, {"u8", DType::u8}, {"i32", DType::i32}};
  static const std::map<std::string, Role> roles = {
      {"input", Role::input}, {"state", Role::state}, {"node", Role::made}};
  ValueSpec spec;
  const auto dtype = dtypes.find(text(from.Get("dtype"), "dtype"));
  const auto role = roles.find(text(from.Get("kind"), "kind"));
  if (dtype == dtypes.end() || role == roles.end())
    refuse(from.Env(), "a value has an unknown dtype or kind");
  spec.dtype = dtype->second;
  spec.role = role->second;
  const Napi::Array shape = list(from.Get("shape"), "shape");
  if (shape.Length() > 6) refuse(from.Env(), "a value has more than 6 axes");
  int64_t elements = 1;
  for (uint32_t i = 0; i < shape.Length(); i++) {
    spec.dims.push_back(integer(shape.Get(i), "an extent", 1, int64_t{1} << 31));
    elements *= spec.dims.back();
    if (elements > max_elements) refuse(from.Env(), "a value has more than 2^36 elements");
  }
  return spec;
}

NodeSpec node_spec(const Napi::Object& from, size_t values) {
  NodeSpec node;
  node.op = text(from.Get("op"), "op");
  if (kernels().count(node.op) == 0) refuse(from.Env(), "there is no kernel for " + node.op);
  node.scope = text(from.Get("scope"), "scope");
  node.flops = number(from.Get("flops"), "flops");
  node.inputs = indices(from.Get("inputs"), "inputs", values);
  node.results = indices(from.Get("results"), "results", values);
  const Napi::Array attrs = list(from.Get("attrs"), "attrs");
  for (uint32_t i = 0; i < attrs.Length(); i++) node.attrs.push_back(number(attrs.Get(i), "an attribute"));
  return node;
}

GraphSpec graph_spec(const Napi::Object& from) {
  GraphSpec graph;
  const Napi::Array values = list(from.Get("values"), "values");
  for (uint32_t i = 0; i < values.Length(); i++)
    graph.values.push_back(value_spec(object(values.Get(i), "a value")));
  const size_t count = graph.values.size();
  const Napi::Array nodes = list(from.Get("nodes"), "nodes");
  for (uint32_t i = 0; i < nodes.Length(); i++)
    graph.nodes.push_back(node_spec(object(nodes.Get(i), "a node"), count));
  graph.outputs = indices(from.Get("outputs"), "outputs", count);
  const std::vector<int> updates = indices(from.Get("updates"), "updates", count);
  if (updates.size() % 2 != 0) refuse(from.Env(), "updates must be pairs of a state and a value");
  for (size_t i = 0; i < updates.size(); i += 2) graph.updates.push_back({updates[i], updates[i + 1]});
  return graph;
}

Options options_of(const Napi::Object& from) {
  Options options;
  options.profile = from.Get("profile").ToBoolean();
  options.exact = from.Get("exact").ToBoolean();
  const Napi::Object choices = object(from.Get("choices"), "choices");
  const Napi::Array keys = choices.GetPropertyNames();
  for (uint32_t i = 0; i < keys.Length(); i++) {
    const std::string key = text(keys.Get(i), "a choice");
    options.choices[key] = text(choices.Get(key), "a choice");
  }
  return options;
}

/// Work for the compute thread whose end settles a promise.
class Jobs {
 public:
  explicit Jobs(Napi::Env env, int threads)
      : worker_(std::make_unique<Worker>(threads)),
        finished_(Napi::ThreadSafeFunction::New(
            env, Napi::Function::New(env, [](const Napi::CallbackInfo&) {}), "convnets", 0, 1)) {
    finished_.Unref(env);
  }
  ~Jobs() {
    worker_.reset();
    finished_.Release();
  }

  Worker& worker() { return *worker_; }

  /// `keep` is not collected before the promise settles.
  Napi::Promise start(const Napi::Object& keep, std::function<void()> work) {
    struct Job {
      Napi::Promise::Deferred deferred;
      Napi::ObjectReference keep;
      std::exception_ptr error;
    };
    const Napi::Env env = keep.Env();
    auto* job = new Job{Napi::Promise::Deferred::New(env), Napi::Persistent(keep), nullptr};
    const Napi::Promise promise = job->deferred.Promise();
    if (pending_++ == 0) finished_.Ref(env);
    worker_->post([this, job, work = std::move(work)] {
      try {
        work();
      } catch (...) {
        job->error = std::current_exception();
      }
      finished_.BlockingCall(job, [this](Napi::Env at, Napi::Function, Job* done) {
        const std::unique_ptr<Job> owner(done);
        if (--pending_ == 0) finished_.Unref(at);
        const Napi::HandleScope scope(at);
        if (done->error)
          done->deferred.Reject(Napi::Error::New(at, message_of(done->error)).Value());
        else
          done->deferred.Resolve(at.Undefined());
      });
    });
    return promise;
  }

 private:
  std::unique_ptr<Worker> worker_;
  Napi::ThreadSafeFunction finished_;
  int pending_ = 0;
};

class NativeProgram : public Napi::ObjectWrap<NativeProgram> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(
        env, "NativeProgram",
        {InstanceMethod<&NativeProgram::build>("build"),
         InstanceMethod<&NativeProgram::lifetimes>("lifetimes"), InstanceMethod<&NativeProgram::bind>("bind"),
         InstanceMethod<&NativeProgram::run>("run"), InstanceMethod<&NativeProgram::read>("read"),
         InstanceMethod<&NativeProgram::write>("write"), InstanceMethod<&NativeProgram::output>("output"),
         InstanceMethod<&NativeProgram::steps>("steps"), InstanceMethod<&NativeProgram::choices>("choices"),
         InstanceMethod<&NativeProgram::memory>("memory")});
  }

  explicit NativeProgram(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<NativeProgram>(info),
        jobs_(info[0].As<Napi::External<std::shared_ptr<Jobs>>>().Data()[0]),
        graph_(graph_spec(object(info[1], "graph"))),
        options_(options_of(object(info[2], "options"))) {}

 private:
  Napi::Value build(const Napi::CallbackInfo& info) {
    return jobs_->start(info.This().As<Napi::Object>(),
                        [this] { program_ = std::make_unique<Program>(graph_, options_); });
  }

  Napi::Value lifetimes(const Napi::CallbackInfo& info) {
    const auto& planned = built(info.Env()).planned();
    Napi::Array result = Napi::Array::New(info.Env(), planned.size());
    for (size_t i = 0; i < planned.size(); i++) {
      Napi::Object lifetime = Napi::Object::New(info.Env());
      lifetime.Set("bytes", static_cast<double>(planned[i]->bytes));
      lifetime.Set("first", planned[i]->first);
      lifetime.Set("last", planned[i]->last);
      result.Set(static_cast<uint32_t>(i), lifetime);
    }
    return result;
  }

  Napi::Value bind(const Napi::CallbackInfo& info) {
    Program& program = built(info.Env());
    const Napi::Array given = list(info[0], "offsets");
    std::vector<double> offsets;
    for (uint32_t i = 0; i < given.Length(); i++) offsets.push_back(number(given.Get(i), "an offset"));
    const double bytes = number(info[1], "bytes");
    return jobs_->start(info.This().As<Napi::Object>(),
                        [&program, offsets = std::move(offsets), bytes] { program.bind(offsets, bytes); });
  }

  /// Takes one array for each input, in the order of the values, and copies it before it returns.
  Napi::Value run(const Napi::CallbackInfo& info) {
    Program& program = built(info.Env());
    if (running_) refuse(info.Env(), "the program is running");
    const Napi::Array arrays = list(info[0], "inputs");
    uint32_t next = 0;
    for (size_t value = 0; value < graph_.values.size(); value++) {
      if (graph_.values[value].role != Role::input) continue;
      const auto [data, bytes] = memory_of(arrays.Get(next++));
      if (!program.set_input(static_cast<int>(value), data, bytes))
        refuse(info.Env(), "an input has the wrong length");
    }
    running_ = true;
    return jobs_->start(info.This().As<Napi::Object>(), [this, &program] {
      struct Done {
        std::atomic<bool>& running;
        ~Done() { running = false; }
      } done{running_};
      program.run();
    });
  }

  void read(const Napi::CallbackInfo& info) {
    transfer(info, [](Program& program, int state, void* data) { program.read(state, data); });
  }

  void write(const Napi::CallbackInfo& info) {
    transfer(info, [](Program& program, int state, void* data) { program.write(state, data); });
  }

  void output(const Napi::CallbackInfo& info) {
    Program& program = built(info.Env());
    const int64_t index = integer(info[0], "output", 0, static_cast<int64_t>(graph_.outputs.size()) - 1);
    const auto [data, bytes] = memory_of(info[1]);
    if (running_ || !program.copy_output(static_cast<size_t>(index), data, bytes))
      refuse(info.Env(), "an output can't be read now or into this array");
  }

  Napi::Value steps(const Napi::CallbackInfo& info) {
    Napi::Array result = Napi::Array::New(info.Env());
    uint32_t next = 0;
    const Program& program = built(info.Env());
    for (const std::list<Step>* steps : {&program.prologue(), &program.steps()})
      for (const Step& step : *steps) {
        Napi::Object row = Napi::Object::New(info.Env());
        row.Set("op", step.op);
        row.Set("scope", step.scope);
        row.Set("kernel", step.kernel);
        row.Set("flops", step.flops);
        row.Set("seconds", step.seconds);
        row.Set("runs", static_cast<double>(step.runs));
        result.Set(next++, row);
      }
    return result;
  }

  Napi::Value choices(const Napi::CallbackInfo& info) {
    Napi::Object result = Napi::Object::New(info.Env());
    for (const auto& [key, choice] : built(info.Env()).choices()) result.Set(key, choice);
    return result;
  }

  Napi::Value memory(const Napi::CallbackInfo& info) {
    const Program& program = built(info.Env());
    Napi::Object result = Napi::Object::New(info.Env());
    result.Set("arena", static_cast<double>(program.arena_bytes()));
    result.Set("resident", static_cast<double>(program.resident_bytes()));
    return result;
  }

  Program& built(const Napi::Env& env) {
    if (!program_) refuse(env, "the program is not built");
    return *program_;
  }

  std::pair<void*, size_t> memory_of(const Napi::Value& value) {
    if (!value.IsTypedArray()) refuse(value.Env(), "expected a typed array");
    const Napi::TypedArray array = value.As<Napi::TypedArray>();
    return {static_cast<char*>(array.ArrayBuffer().Data()) + array.ByteOffset(), array.ByteLength()};
  }

  template <typename Transfer>
  void transfer(const Napi::CallbackInfo& info, const Transfer& move) {
    Program& program = built(info.Env());
    const int64_t state = integer(info[0], "state", 0, static_cast<int64_t>(graph_.values.size()) - 1);
    const auto [data, bytes] = memory_of(info[1]);
    if (running_) refuse(info.Env(), "the program is running");
    if (bytes != program.value_bytes(static_cast<int>(state)))
      refuse(info.Env(), "the array has another length than the state");
    try {
      jobs_->worker().call(
          [&program, &move, state, data = data] { move(program, static_cast<int>(state), data); });
    } catch (...) {
      throw Napi::Error::New(info.Env(), message_of(std::current_exception()));
    }
  }

  std::shared_ptr<Jobs> jobs_;
  GraphSpec graph_;
  Options options_;
  std::unique_ptr<Program> program_;
  std::atomic<bool> running_{false};
};

class NativeEngine : public Napi::ObjectWrap<NativeEngine> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(
        env, "NativeEngine",
        {InstanceMethod<&NativeEngine::create>("create"), InstanceMethod<&NativeEngine::peak>("peak")});
  }

  explicit NativeEngine(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<NativeEngine>(info),
        jobs_(std::make_shared<Jobs>(info.Env(), static_cast<int>(integer(info[0], "threads", 1, 1024)))),
        program_(Napi::Persistent(NativeProgram::define(info.Env()))) {}

 private:
  Napi::Value create(const Napi::CallbackInfo& info) {
    auto handle = Napi::External<std::shared_ptr<Jobs>>::New(info.Env(), &jobs_);
    return program_.New({handle, info[0], info[1]});
  }

  Napi::Value peak(const Napi::CallbackInfo& info) {
    double result = 0;
    jobs_->worker().call([&result] { result = measure_peak(); });
    return Napi::Number::New(info.Env(), result);
  }

  std::shared_ptr<Jobs> jobs_;
  Napi::FunctionReference program_;
};

Napi::Value describe(const Napi::CallbackInfo& info) {
  static const std::map<int, std::string> names = {
      {static_cast<int>(dnnl::cpu_isa::sse41), "SSE4.1"},
      {static_cast<int>(dnnl::cpu_isa::avx), "AVX"},
      {static_cast<int>(dnnl::cpu_isa::avx2), "AVX2"},
      {static_cast<int>(dnnl::cpu_isa::avx512_core), "AVX-512"},
      {static_cast<int>(dnnl::cpu_isa::avx512_core_vnni), "AVX-512 with VNNI"},
      {static_cast<int>(dnnl::cpu_isa::avx512_core_bf16), "AVX-512 with bfloat16"}};
  const dnnl_version_t* version = dnnl_version();
  const auto isa = names.find(static_cast<int>(dnnl::get_effective_cpu_isa()));
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("version", std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
                            std::to_string(version->patch));
  result.Set("isa", isa == names.end() ? "other instructions" : isa->second);
  Napi::Array ops = Napi::Array::New(info.Env());
  uint32_t next = 0;
  for (const auto& entry : kernels()) ops.Set(next++, entry.first);
  result.Set("ops", ops);
  return result;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("NativeEngine", NativeEngine::define(env));
  exports.Set("describe", Napi::Function::New(env, describe));
  return exports;
}

NODE_API_MODULE(convnets, init)

}  // namespace
}  // namespace convnets
