// A place for files that other programs read and write.
#pragma once

#include <filesystem>
#include <string>

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
  std::string file(const std::string &name) const { return (path_ / name).string(); }

private:
  std::filesystem::path path_;
};

} // namespace convforge
