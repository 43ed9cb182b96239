#include "background.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace convforge {

Background::~Background() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread &thread : threads_)
    thread.join();
}

void Background::run(std::function<void()> job) {
  const std::size_t most = std::max(1u, std::thread::hardware_concurrency());
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    if (idle_ < jobs_.size() && threads_.size() < most)
      start_thread();
  }
  wake_.notify_one();
}

/// For the job that came last. Without another thread those that there are run it in time.
void Background::start_thread() {
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::exception &) {
    if (!threads_.empty())
      return;
    jobs_.pop_back();
    throw;
  }
}

void Background::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    idle_++;
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    idle_--;
    if (jobs_.empty())
      return;
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

} // namespace convforge
