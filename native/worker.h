// The compute thread. All of oneDNN and OpenMP is called from it alone: an OpenMP team belongs to the thread
// that started it, so calls from several threads would each bring a team of their own.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace convnets {

class Worker {
 public:
  explicit Worker(int threads);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Runs `job` after all jobs before it.
  void post(std::function<void()> job);
  /// The same, and waits for it; what it throws is thrown here.
  void call(const std::function<void()>& job);

 private:
  void loop(int threads);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace convnets
