#include "failing_allocation.hpp"

#include <cstdlib>
#include <new>

namespace {

constexpr long none = -1;
thread_local long left = none; // allocations until the one that fails

} // namespace

namespace convforge {

void fail_allocation(long number) {
  left = number;
}

bool allocation_failed() {
  const bool failed = left == none;
  left = none;
  return failed;
}

} // namespace convforge

void *operator new(std::size_t bytes) {
  if (left >= 0 && left-- == 0)
    throw std::bad_alloc();
  if (void *memory = std::malloc(bytes > 0 ? bytes : 1))
    return memory;
  throw std::bad_alloc();
}
void operator delete(void *memory) noexcept {
  std::free(memory);
}
void operator delete(void *memory, std::size_t) noexcept {
  std::free(memory);
}
