#include "verify/guard.hpp"
#include "base/integer.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace convforge {
namespace {

constexpr unsigned char canary = 0xc5;

std::size_t page_size() {
  return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

} // namespace

GuardedBuffer::GuardedBuffer(std::size_t bytes, std::size_t alignment, Side side)
    : bytes_(bytes), usable_(round_up(std::max<std::size_t>(bytes, 1), page_size())) {
  const std::size_t page = page_size();
  void *mapping = mmap(nullptr, usable_ + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mapping_ = static_cast<unsigned char *>(mapping);
  usable_begin_ = mapping_ + page;
  if (mapping == MAP_FAILED || mprotect(usable_begin_, usable_, PROT_READ | PROT_WRITE) != 0) {
    const std::string reason = std::strerror(errno);
    if (mapping != MAP_FAILED)
      munmap(mapping, usable_ + 2 * page);
    throw Error("guarded memory: " + std::to_string(bytes) + " bytes refused: " + reason);
  }
  data_ = usable_begin_ + (side == Side::begin ? 0 : (usable_ - bytes) / alignment * alignment);
  std::memset(usable_begin_, canary, usable_);
}

GuardedBuffer::~GuardedBuffer() {
  munmap(mapping_, usable_ + 2 * page_size());
}

void GuardedBuffer::poison(unsigned char value) {
  std::memset(data_, value, bytes_);
}

void GuardedBuffer::copy(std::span<const std::byte> bytes) {
  if (!bytes.empty())
    std::memcpy(data_, bytes.data(), std::min(bytes_, bytes.size()));
}

void GuardedBuffer::seal() {
  mprotect(usable_begin_, usable_, PROT_READ);
}

ByteRange GuardedBuffer::whole_pages(std::size_t begin, std::size_t end) const {
  const std::size_t page = page_size(), offset = static_cast<std::size_t>(data_ - usable_begin_);
  const std::size_t first = round_up(offset + begin, page), last = (offset + end) / page * page;
  return first < last ? ByteRange{first - offset, last - first} : ByteRange{end, 0};
}

void GuardedBuffer::hide_gaps(std::span<const ByteRange> used) {
  for (std::size_t i = 1; i < used.size(); ++i) {
    const ByteRange pages = whole_pages(used[i - 1].begin + used[i - 1].size, used[i].begin);
    if (pages.size > 0 && mprotect(data_ + pages.begin, pages.size, PROT_NONE) != 0)
      return;
    hidden_ += pages.size > 0;
  }
}

bool GuardedBuffer::gaps_hold(std::span<const ByteRange> used, unsigned char value) const {
  const auto holds = [&](std::size_t begin, std::size_t end) {
    return std::all_of(data_ + begin, data_ + end, [&](unsigned char byte) { return byte == value; });
  };
  std::size_t hidden = 0;
  for (std::size_t i = 1; i < used.size(); ++i) {
    const std::size_t begin = used[i - 1].begin + used[i - 1].size, end = used[i].begin;
    const ByteRange pages = whole_pages(begin, end);
    const bool skipped = pages.size > 0 && hidden < hidden_;
    hidden += skipped;
    if (skipped ? !holds(begin, pages.begin) || !holds(pages.begin + pages.size, end) : !holds(begin, end))
      return false;
  }
  return true;
}

bool GuardedBuffer::intact() const {
  const auto untouched = [](unsigned char byte) { return byte == canary; };
  return std::all_of(usable_begin_, data_, untouched) &&
         std::all_of(data_ + bytes_, usable_begin_ + usable_, untouched);
}

} // namespace convforge
