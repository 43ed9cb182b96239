// A file of its own in the temporary directory, gone with its object. Halide writes objects to named files
// only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace convforge {

class TemporaryFile {
public:
  /// Throws Error if none can be made.
  explicit TemporaryFile(const std::string &suffix);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &operator=(const TemporaryFile &) = delete;

  const std::string &path() const { return path_; }
  /// The whole content. Throws Error if it cannot be read or is empty.
  std::vector<std::uint8_t> read() const;

private:
  std::string path_;
};

} // namespace convforge
