// One process at a time.
#pragma once

#include <filesystem>

namespace convforge {

/// Held by one object at a time, of this process or another, for a directory: whoever reads a file, changes
/// it and writes it back holds it meanwhile. The directory itself is locked, since its files are replaced and
/// one for the lock alone would stay behind. The lock goes with the process, too.
class DirectoryLock {
public:
  /// Waits for its turn. `directory`: empty for the current one. Throws Error where there is no such
  /// directory; a file system without locks gives none (held()).
  explicit DirectoryLock(const std::filesystem::path &directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock &) = delete;
  DirectoryLock &operator=(const DirectoryLock &) = delete;

  bool held() const { return held_; }

private:
  int descriptor_;
  bool held_ = false;
};

} // namespace convforge
