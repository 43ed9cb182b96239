#include "artefact/temporary_file.hpp"

#include "error.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdlib.h>
#include <unistd.h>

namespace convforge {

TemporaryFile::TemporaryFile(const std::string &suffix) {
  std::error_code none;
  const auto directory = std::filesystem::temp_directory_path(none);
  path_ = (none ? std::filesystem::path("/tmp") : directory) / ("convforge-XXXXXX" + suffix);
  const int file = mkstemps(path_.data(), static_cast<int>(suffix.size()));
  if (file < 0) {
    throw Error("temporary file " + path_ + ": " + std::strerror(errno) +
                " (set TMPDIR to a directory with room)");
  }
  close(file);
}

TemporaryFile::~TemporaryFile() {
  unlink(path_.c_str());
}

std::vector<std::uint8_t> TemporaryFile::read() const {
  std::ifstream file(path_, std::ios::binary);
  std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) {
    throw Error("temporary file " + path_ + ": nothing was written (is the disk full?)");
  }
  return bytes;
}

} // namespace convforge
