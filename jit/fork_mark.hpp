// Whether this process is the one that set a mark, or a child that fork() made of it since. Asking is a load
// from memory, where getpid() is a system call: 0.3 us, which is seven times as long as a hit in the memory
// cache.
#pragma once

#include <atomic>

namespace convforge {

/// Thread-safe.
class ForkMark {
public:
  ForkMark();
  ~ForkMark();
  ForkMark(const ForkMark &) = delete;
  ForkMark &operator=(const ForkMark &) = delete;

  /// Whether this process has called set(). False always where the system cannot tell (Linux before 4.14).
  bool is_set() const { return page_ != nullptr && page_->load(std::memory_order_acquire); }
  void set() {
    if (page_ != nullptr)
      page_->store(true, std::memory_order_release);
  }

private:
  std::atomic<bool> *page_; // in a page that is zero in children
};

} // namespace convforge
