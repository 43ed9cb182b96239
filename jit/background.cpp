#include "background.hpp"

#include <algorithm>
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
    if (idle_ <= jobs_.size() && threads_.size() < most)
      threads_.emplace_back([this] { work(); });
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
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
