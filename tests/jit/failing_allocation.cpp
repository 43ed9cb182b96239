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

// Both forms, so that memory comes from malloc() whichever asks: a sanitizer has its own of those that are
// not here.
void *operator new(std::size_t bytes, const std::nothrow_t &) noexcept {
  if (left >= 0 && left-- == 0)
    return nullptr;
  return std::malloc(bytes > 0 ? bytes : 1);
}
void *operator new(std::size_t bytes) {
  if (void *memory = operator new(bytes, std::nothrow))
    return memory;
  throw std::bad_alloc();
}
void operator delete(void *memory) noexcept {
  std::free(memory);
}
void operator delete(void *memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void *memory, const std::nothrow_t &) noexcept {
  std::free(memory);
}
