// A few threads that work off a queue, for compile_async().
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace convforge {

class Background {
public:
  Background() = default;
  /// Finishes all jobs first.
  ~Background();
  Background(const Background &) = delete;
  Background &operator=(const Background &) = delete;

  /// Runs `job`, which must not throw, on one of the threads. Starts a thread when all are busy, up to the
  /// number of CPUs. Throws, and does not run it, when there is no memory or no thread at all can be had.
  void run(std::function<void()> job);

private:
  void work();
  void start_thread();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

} // namespace convforge
