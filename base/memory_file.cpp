#include "base/memory_file.hpp"

#include "base/error.hpp"

#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace convforge {

MemoryFile::MemoryFile() : file_(memfd_create("convforge", MFD_CLOEXEC)) {
  if (file_ < 0)
    throw Error(std::string("a file in memory for the compiler: ") + std::strerror(errno));
}

MemoryFile::~MemoryFile() {
  close(file_);
}

std::string MemoryFile::path() const {
  return "/proc/self/fd/" + std::to_string(file_);
}

std::vector<std::uint8_t> MemoryFile::read() const {
  struct stat status = {};
  if (fstat(file_, &status) != 0 || status.st_size == 0)
    throw Error("the compiler wrote nothing (is memory short?)");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(status.st_size));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = pread(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (count <= 0)
      throw Error(std::string("reading what the compiler wrote: ") + std::strerror(errno));
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

} // namespace convforge
