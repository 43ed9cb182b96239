// What belongs to the process that made it: objects with threads, and with locks that threads hold.
//
// fork() copies memory and the calling thread alone. In the child nobody will do what the other threads had
// begun, and locks that they held stay held. So a child makes an object of its own when it first asks for
// one; it may take from the parent's what is whole, and leaves the rest where it is for good.
#pragma once

#include "fork_mark.hpp"

#include <atomic>
#include <exception>
#include <memory>
#include <utility>

#include <unistd.h>

namespace convforge {

/// `T(T &of_parent)` makes a child's object. It waits for no lock of of_parent, which may be the copy of an
/// object in the middle of a change. Thread-safe.
template <typename T>
class PerProcess {
public:
  template <typename... Arguments>
  explicit PerProcess(std::in_place_t, Arguments &&...arguments)
      : current_(new Owned(std::in_place, std::forward<Arguments>(arguments)...)) {
    mark_.set();
  }
  /// In a child that never asked, too, so that what is whole of the parent's goes.
  ~PerProcess() {
    try {
      get();
    } catch (const std::exception &) { // no memory: the copy of the parent's stays
      return;
    }
    delete current_.load();
  }
  PerProcess(const PerProcess &) = delete;
  PerProcess &operator=(const PerProcess &) = delete;

  /// This process's object. Throws, in a child's first call, what making one throws.
  T &get() { return mark_.is_set() ? current_.load(std::memory_order_acquire)->object : of_this_process(); }

private:
  struct Owned {
    template <typename... Arguments>
    explicit Owned(std::in_place_t, Arguments &&...arguments)
        : object(std::forward<Arguments>(arguments)...) {}
    const pid_t owner = getpid();
    T object;
  };

  /// Of several threads that make one, one wins. The parent's is never deleted.
  T &of_this_process() {
    Owned *found = current_.load();
    while (found->owner != getpid()) {
      auto own = std::make_unique<Owned>(std::in_place, found->object);
      if (current_.compare_exchange_strong(found, own.get()))
        found = own.release();
    }
    mark_.set();
    return found->object;
  }

  ForkMark mark_;
  std::atomic<Owned *> current_;
};

} // namespace convforge
