#include "memory_use.hpp"

#include <fstream>
#include <string>
#include <unistd.h>

namespace convforge {

MemoryUse memory_use() {
  MemoryUse use;
  long all_pages = 0, resident_pages = 0;
  std::ifstream("/proc/self/statm") >> all_pages >> resident_pages;
  use.resident_kib = resident_pages * (sysconf(_SC_PAGESIZE) / 1024);
  std::ifstream maps("/proc/self/maps");
  for (std::string range, modes, rest; maps >> range >> modes && std::getline(maps, rest);) {
    use.mappings++;
    use.executable_mappings += modes.find('x') != std::string::npos;
  }
  return use;
}

} // namespace convforge
