// A file in memory with a name in the file system. Halide writes listings to named files only; this one needs
// no disk, and nothing is left behind by a process that is killed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace convforge {

class MemoryFile {
public:
  /// Throws Error if none can be made.
  MemoryFile();
  ~MemoryFile();
  MemoryFile(const MemoryFile &) = delete;
  MemoryFile &operator=(const MemoryFile &) = delete;

  /// Valid within this process, while the object lives.
  std::string path() const;
  /// The whole content. Throws Error if it cannot be read or is empty.
  std::vector<std::uint8_t> read() const;

private:
  int file_;
};

} // namespace convforge
