// Work of this process on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace convforge {

/// Calls `work(i)` for every i below `count` on up to `jobs` threads. The first exception ends the rest and
/// is thrown again here.
template <class Work>
void for_each_index(std::size_t count, int jobs, const Work &work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto take = [&] {
    for (std::size_t i = next++; i < count; i = next++)
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure)
          failure = std::current_exception();
        next = count;
      }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min<std::size_t>(count, static_cast<std::size_t>(jobs)); ++i)
      others.emplace_back(take);
    take();
  }
  if (failure)
    std::rethrow_exception(failure);
}

} // namespace convforge
