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

void require_name(const fs::path &path, const std::string &name) {
  if (path.filename() != name)
    fail("key", "of another entry", "the one that the file is named after");
}

void require_key(const std::string &key, const std::string &asked_for) {
  if (key != asked_for)
    fail("key", "of another kernel", "the one asked for");
}

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
  require_name(path, entry_name(entry.key));
  return entry;
}

std::string DiskCache::read_key(const fs::path &path) {
  if (!is_choice_name(path.filename().string()))
    return read(path).key;
  const KeyedChoice read = decode_choice(read_private_file(path, most_choice_bytes));
  require_name(path, choice_name(read.key));
  return read.key;
}

/// What `read` makes of the file, if there is one and all of it is right.
template <typename Value, typename Read>
std::optional<Value> DiskCache::load_file(const std::string &name, const Read &read) const {
  if (!refusal_.empty())
    return std::nullopt;
  const fs::path path = directory_ / name;
  std::error_code none;
  if (fs::symlink_status(path, none).type() == fs::file_type::not_found)
    return std::nullopt;
  try {
    Value value = read(path);
    utimensat(AT_FDCWD, path.c_str(), nullptr, 0); // used now; without the right to say so it is old, no more
    return value;
  } catch (const std::exception &error) {
    verbose_.say("disk cache: {} is not used: {}", path.string(), error.what());
    return std::nullopt;
  }
}

std::optional<Entry> DiskCache::load(const std::string &key) const {
  return load_file<Entry>(entry_name(key), [&](const fs::path &path) {
    Entry entry = decode_entry(read_private_file(path));
    require_key(entry.key, key);
    return entry;
  });
}

std::optional<Choice> DiskCache::load_choice(const std::string &key) const {
  return load_file<Choice>(choice_name(key), [&](const fs::path &path) {
    const KeyedChoice read = decode_choice(read_private_file(path, most_choice_bytes));
    require_key(read.key, key);
    return read.choice;
  });
}

void DiskCache::store_file(const std::string &name, const std::vector<std::uint8_t> &bytes) {
  if (!refusal_.empty())
    return;
  try {
    write_private_file(directory_, name, bytes);
    const std::lock_guard lock(mutex_);
    if (known_bytes_)
      *known_bytes_ += bytes.size();
    if (!known_bytes_ || *known_bytes_ > most_bytes_)
      evict();
  } catch (const std::exception &error) {
    verbose_.say("disk cache: not stored: {}", error.what());
  }
}

void DiskCache::store(const std::string &key, const std::vector<std::uint8_t> &bytes) {
  store_file(entry_name(key), bytes);
}

void DiskCache::store_choice(const std::string &key, const Choice &choice) {
  store_file(choice_name(key), encode_choice(key, choice));
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
