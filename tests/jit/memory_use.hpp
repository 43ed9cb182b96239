// What a process holds, as Linux counts it.
#pragma once

namespace convforge {

struct MemoryUse {
  long resident_kib = 0;
  int mappings = 0, executable_mappings = 0;
};

MemoryUse memory_use();

/// Whether a sanitizer keeps freed memory, so that resident_kib says nothing about leaks.
constexpr bool memory_is_quarantined() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

} // namespace convforge
