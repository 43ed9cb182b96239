#include "fork_mark.hpp"

#include <new>
#include <sys/mman.h>

namespace convforge {

namespace {

constexpr std::size_t mapped_bytes = sizeof(std::atomic<bool>); // the system rounds up to a page

/// Null: there is none.
void *map_wiped_page() {
  void *page = mmap(nullptr, mapped_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED)
    return nullptr;
  if (madvise(page, mapped_bytes, MADV_WIPEONFORK) == 0)
    return page;
  munmap(page, mapped_bytes);
  return nullptr;
}

} // namespace

ForkMark::ForkMark() {
  void *page = map_wiped_page();
  page_ = page != nullptr ? new (page) std::atomic<bool>(false) : nullptr;
}

ForkMark::~ForkMark() {
  if (page_ != nullptr)
    munmap(page_, mapped_bytes);
}

} // namespace convforge
