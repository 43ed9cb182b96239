// A line on stderr for what takes longer than a second, where stderr is a terminal: what is done and for how
// long.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

namespace convforge::cli {

/// Shows itself after a second and goes without a trace when destroyed. Thread-safe.
class Progress {
public:
  /// `total`: how many steps there are; 0 or 1 shows the elapsed time only.
  explicit Progress(std::string what, std::size_t total = 0);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// One more step is done; `what` describes the next one.
  void step(std::string what);

private:
  void show(std::stop_token stop);
  std::string line() const;

  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::string what_;
  const std::size_t total_;
  std::size_t done_ = 0;
  std::jthread thread_; // last: it uses everything above
};

} // namespace convforge::cli
