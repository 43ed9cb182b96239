// Compiled kernels in a directory, one file an entry (entry.hpp), and choices between their plans
// (choice.hpp). It cannot hurt: whatever is wrong with the directory or an entry is a miss or a store left
// out, with one line where `verbose` asks for it. Any number of threads and processes may share a directory.
#pragma once

#include "choice.hpp"
#include "entry.hpp"
#include "verbose.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace convforge {

class DiskCache {
public:
  /// A file of the cache.
  struct File {
    std::filesystem::path path;
    std::uint64_t bytes = 0;
    std::filesystem::file_time_type last_use;
  };

  /// Makes the directory (mode 0700) if it is missing. Never throws.
  DiskCache(std::filesystem::path directory, std::uint64_t most_bytes, Verbose verbose = Verbose(false));
  /// The same directory in a child of fork(), from the copy of the parent's (per_process.hpp).
  explicit DiskCache(DiskCache &of_parent)
      : directory_(of_parent.directory_), most_bytes_(of_parent.most_bytes_), verbose_(of_parent.verbose_),
        refusal_(of_parent.refusal_) {}

  const std::filesystem::path &directory() const { return directory_; }
  /// Why the directory is not used; empty when it is.
  const std::string &refusal() const { return refusal_; }

  /// The entry of a key, if there is one and all of it is right. A hit counts as a use.
  std::optional<Entry> load(const std::string &key) const;
  /// Keeps the bytes of an entry. When the directory has grown past its bound, those used longest ago go.
  void store(const std::string &key, const std::vector<std::uint8_t> &bytes);
  /// The same of choices.
  std::optional<Choice> load_choice(const std::string &key) const;
  void store_choice(const std::string &key, const Choice &choice);

  /// Every entry's and choice's file, most recently used first. Empty when the directory is not used.
  std::vector<File> files() const;
  /// Reads a kernel's file as load() does. Throws Error saying what is wrong with it.
  static Entry read(const std::filesystem::path &path);
  /// Reads a file of either kind in the same way, and answers its key.
  static std::string read_key(const std::filesystem::path &path);
  /// Removes every entry and choice, and what writers left behind; answers how many of both.
  std::size_t clear();

private:
  template <typename Value, typename Read>
  std::optional<Value> load_file(const std::string &name, const Read &read) const;
  void store_file(const std::string &name, const std::vector<std::uint8_t> &bytes);
  void remove_abandoned() const;
  void evict();

  std::filesystem::path directory_;
  std::uint64_t most_bytes_;
  Verbose verbose_;
  std::string refusal_;
  std::mutex mutex_;                         // of known_bytes_
  std::optional<std::uint64_t> known_bytes_; // in the directory, as far as this process knows
};

} // namespace convforge
