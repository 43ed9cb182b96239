// A place for files that other programs read and write.
#pragma once

#include "base/unfinished.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

/// A new directory, of this user alone (mode 0700), in TMPDIR or where the system has its own; gone with its
/// object, and everything in it.
class TemporaryDirectory {
public:
  /// Throws Error where none can be made.
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory &) = delete;
  TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;

  const std::filesystem::path &path() const { return path_; }
  /// Of a name that may hold directories of write()'s making.
  std::string file(const std::string &name) const { return (path_ / name).string(); }

  /// A new file of that name, in directories that are made where they lack. Throws Error.
  void write(const std::string &name, std::string_view content) const;
  /// What a program wrote there. Throws Error.
  std::vector<std::uint8_t> read(const std::string &name) const;

private:
  Unfinished unfinished_;
  std::filesystem::path path_;
};

} // namespace convforge
