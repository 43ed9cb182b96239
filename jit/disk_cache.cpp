#include "disk_cache.hpp"

#include "base/error.hpp"
#include "key.hpp"
#include "private_file.hpp"

#include <algorithm>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

namespace convforge {

namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

} // namespace

DiskCache::DiskCache(fs::path directory, std::uint64_t most_bytes, Verbose verbose)
    : directory_(std::move(directory)), most_bytes_(most_bytes), verbose_(verbose) {
  try {
    if (directory_.empty())
      throw Error("no directory: set CONVFORGE_CACHE_DIR or HOME");
    require_private_directory(directory_);
  } catch (const std::exception &error) {
    refusal_ = error.what();
    verbose_.say("disk cache not used: {}", refusal_);
  }
}

Entry DiskCache::read(const fs::path &path) {
  Entry entry = decode_entry(read_private_file(path));
  if (entry_name(entry.key) != path.filename())
    fail("key", "of another entry", "the one that the file is named after");
  return entry;
}

std::optional<Entry> DiskCache::load(const std::string &key) const {
  if (!refusal_.empty())
    return std::nullopt;
  const fs::path path = directory_ / entry_name(key);
  std::error_code none;
  if (fs::symlink_status(path, none).type() == fs::file_type::not_found)
    return std::nullopt;
  try {
    Entry entry = decode_entry(read_private_file(path));
    if (entry.key != key)
      fail("key", "of another kernel", "the one asked for");
    utimensat(AT_FDCWD, path.c_str(), nullptr, 0); // used now; without the right to say so it is old, no more
    return entry;
  } catch (const std::exception &error) {
    verbose_.say("disk cache: {} is not used: {}", path.string(), error.what());
    return std::nullopt;
  }
}

void DiskCache::store(const std::string &key, const std::vector<std::uint8_t> &bytes) {
  if (!refusal_.empty())
    return;
  try {
    write_private_file(directory_, entry_name(key), bytes);
    const std::lock_guard lock(mutex_);
    if (known_bytes_)
      *known_bytes_ += bytes.size();
    if (!known_bytes_ || *known_bytes_ > most_bytes_)
      evict();
  } catch (const std::exception &error) {
    verbose_.say("disk cache: not stored: {}", error.what());
  }
}

std::vector<DiskCache::File> DiskCache::files() const {
  std::vector<File> files;
  if (!refusal_.empty())
    return files;
  std::error_code error;
  for (const fs::directory_entry &entry : fs::directory_iterator(directory_, error)) {
    std::error_code gone; // another process may remove files meanwhile
    if (!is_entry_name(entry.path().filename().string()) || !entry.is_regular_file(gone))
      continue;
    const File file{entry.path(), entry.file_size(gone), entry.last_write_time(gone)};
    if (!gone)
      files.push_back(file);
  }
  std::ranges::sort(files, std::ranges::greater{}, &File::last_use);
  return files;
}

/// Down to nine tenths of the bound, so that the next store need not look again.
void DiskCache::evict() {
  remove_abandoned();
  std::uint64_t kept = 0;
  for (const File &file : files()) {
    std::error_code gone;
    if (kept + file.bytes > most_bytes_ - most_bytes_ / 10 && fs::remove(file.path, gone))
      verbose_.say("disk cache: {} removed, as the cache is full", file.path.string());
    else
      kept += file.bytes;
  }
  known_bytes_ = kept;
}

/// Temporary files of writers that ended before their rename: none takes an hour.
void DiskCache::remove_abandoned() const {
  std::error_code error;
  for (const fs::directory_entry &entry : fs::directory_iterator(directory_, error)) {
    std::error_code gone;
    if (entry.path().filename().string().starts_with(temporary_prefix) &&
        entry.last_write_time(gone) + hours(1) <= fs::file_time_type::clock::now())
      fs::remove(entry.path(), gone);
  }
}

std::size_t DiskCache::clear() {
  if (!refusal_.empty())
    return 0;
  remove_abandoned();
  std::size_t removed = 0;
  for (const File &file : files()) {
    std::error_code gone;
    removed += fs::remove(file.path, gone);
  }
  const std::lock_guard lock(mutex_);
  known_bytes_ = 0;
  return removed;
}

} // namespace convforge
