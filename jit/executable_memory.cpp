#include "executable_memory.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace convforge {

namespace {

/// What the system says to the very calls that load a kernel; 0: it allows them.
int error_of_making_a_page_executable() {
  const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void *page = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED)
    return 0; // there is no memory of any kind: another error
  const int error = mprotect(page, bytes, PROT_READ | PROT_EXEC) == 0 ? 0 : errno;
  munmap(page, bytes);
  return error;
}

} // namespace

void require_executable_memory() {
  const int error = error_of_making_a_page_executable();
  if (error != 0)
    throw ExecutableMemoryRefused(std::string("executable memory: refused by this system: ") +
                                  std::strerror(error) +
                                  " (expected leave to load code at run time, which SELinux, systemd's "
                                  "MemoryDenyWriteExecute, PR_SET_MDWE "
                                  "or a seccomp filter may forbid; else compile kernels ahead of time, or "
                                  "let generic_fallback's portable "
                                  "kernel stand in)");
}

} // namespace convforge
