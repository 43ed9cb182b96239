// What the tests of the thread pool share.
#pragma once

#include "convforge/convforge.h"

#include <atomic>
#include <memory>

namespace convforge::test {

using Pool = std::unique_ptr<convforge_pool, decltype(&convforge_pool_destroy)>;
inline Pool make_pool(int count) {
  return {convforge_pool_create(count), convforge_pool_destroy};
}

/// Counts the calls of each index; `closure` is an array of them.
inline void count_up(void *closure, int index) {
  ++static_cast<std::atomic<int> *>(closure)[index];
}

} // namespace convforge::test
