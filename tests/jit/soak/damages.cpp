#include "damages.hpp"

#include "key.hpp"
#include "private_file.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include <sys/stat.h>

namespace convforge::soak {

namespace fs = std::filesystem;

namespace {

int below(std::size_t count, Random &random) {
  return random.integer(0, static_cast<int>(std::min<std::size_t>(count, 1 << 30)) - 1);
}

/// Any entry, or an empty path.
fs::path pick(const fs::path &directory, Random &random) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error))
    if (is_entry_name(at->path().filename().string()))
      entries.push_back(at->path());
  return entries.empty() ? fs::path() : entries[static_cast<std::size_t>(below(entries.size(), random))];
}

/// The same, if it is a file with something in it; large sparse ones are left alone.
fs::path pick_file(const fs::path &directory, Random &random) {
  fs::path path = pick(directory, random);
  std::error_code error;
  if (!path.empty() && fs::symlink_status(path, error).type() == fs::file_type::regular) {
    const std::uintmax_t size = fs::file_size(path, error);
    if (!error && size > 0 && size <= most_file_bytes)
      return path;
  }
  return {};
}

std::string name_of_entry(Random &random) {
  return entry_name(std::to_string(random.next()));
}

std::string garbage(Random &random) {
  std::string bytes(static_cast<std::size_t>(random.integer(0, 60'000)), '\0');
  for (char &byte : bytes)
    byte = static_cast<char>(random.next());
  return bytes;
}

std::string content(const fs::path &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool write(const fs::path &path, const std::string &bytes) {
  return static_cast<bool>(std::ofstream(path, std::ios::binary) << bytes);
}

/// Makes room for something else of that name.
bool removed(const fs::path &path) {
  std::error_code error;
  return !path.empty() && fs::remove_all(path, error) != 0 && !error;
}

} // namespace

bool flip_bit(const fs::path &directory, Random &random) {
  const fs::path path = pick_file(directory, random);
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  std::error_code error;
  const std::uintmax_t size = path.empty() ? 0 : fs::file_size(path, error);
  if (!file || error || size == 0)
    return false;
  const int at = below(size, random);
  const int byte = file.seekg(at).get() ^ 1 << random.integer(0, 7);
  return static_cast<bool>(file.seekp(at).put(static_cast<char>(byte)));
}

bool truncate_entry(const fs::path &directory, Random &random) {
  const fs::path path = pick_file(directory, random);
  std::error_code error;
  const std::uintmax_t size = path.empty() ? 0 : fs::file_size(path, error);
  if (error || size == 0)
    return false;
  fs::resize_file(path, static_cast<std::uintmax_t>(below(size, random)), error);
  return !error;
}

bool append_to_entry(const fs::path &directory, Random &random) {
  const fs::path path = pick_file(directory, random);
  return !path.empty() && static_cast<bool>(std::ofstream(path, std::ios::app) << garbage(random));
}

// In place: who reads it meanwhile sees parts of both.
bool overwrite_by_another(const fs::path &directory, Random &random) {
  const fs::path from = pick_file(directory, random), to = pick_file(directory, random);
  return !from.empty() && !to.empty() && write(to, content(from));
}

// At once, as the cache itself writes: a whole entry under a name of another.
bool replace_by_another(const fs::path &directory, Random &random) {
  const fs::path from = pick_file(directory, random), to = pick_file(directory, random);
  if (from.empty() || to.empty())
    return false;
  std::error_code error;
  fs::rename(from, to, error);
  return !error;
}

bool replace_by_garbage(const fs::path &directory, Random &random) {
  const fs::path path = pick_file(directory, random);
  return !path.empty() && write(path, garbage(random));
}

// With something in it, so that no rename() can take its place.
bool replace_by_directory(const fs::path &directory, Random &random) {
  const fs::path path = pick(directory, random);
  std::error_code error;
  return removed(path) && fs::create_directory(path, error) && write(path / "file", "");
}

bool replace_by_pipe(const fs::path &directory, Random &random) {
  const fs::path path = pick(directory, random);
  return removed(path) && mkfifo(path.c_str(), 0600) == 0;
}

bool replace_by_link(const fs::path &directory, Random &random) {
  const fs::path path = pick(directory, random), other = pick(directory, random);
  const fs::path targets[] = {"/dev/zero", "/no/such/file", path.filename(), other.filename()};
  std::error_code error;
  if (!removed(path))
    return false;
  fs::create_symlink(targets[random.integer(0, 3)], path, error);
  return !error;
}

bool change_mode(const fs::path &directory, Random &random) {
  const fs::path path = pick_file(directory, random);
  const mode_t modes[] = {0, 0200, 0400, 0444, 0666, 04777};
  return !path.empty() && chmod(path.c_str(), modes[random.integer(0, 5)]) == 0;
}

// A time in the future makes an entry the last to be evicted.
bool change_time(const fs::path &directory, Random &random) {
  const fs::path path = pick_file(directory, random);
  std::error_code error;
  if (!path.empty())
    fs::last_write_time(
        path, fs::file_time_type::clock::now() + std::chrono::hours(random.integer(-300'000, 300'000)),
        error);
  return !path.empty() && !error;
}

bool remove_entry(const fs::path &directory, Random &random) {
  return removed(pick(directory, random));
}

bool add_junk(const fs::path &directory, Random &random) {
  bool added = true;
  for (int i = 0; i < 20; i++)
    added &= write(directory / name_of_entry(random), garbage(random));
  return added;
}

// Larger than the cache may be, and than memory.
bool add_sparse_file(const fs::path &directory, Random &random) {
  const fs::path path = directory / name_of_entry(random);
  std::error_code error;
  if (write(path, ""))
    fs::resize_file(path, std::uintmax_t{1} << random.integer(20, 40), error);
  return !error;
}

bool add_abandoned(const fs::path &directory, Random &random) {
  const fs::path path = directory / (temporary_prefix + std::to_string(random.next()));
  std::error_code error;
  if (!write(path, garbage(random)))
    return false;
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(random.integer(0, 9)),
                      error);
  return !error;
}

bool clear_directory(const fs::path &directory, Random &) {
  std::error_code error;
  std::vector<fs::path> all;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error))
    all.push_back(at->path());
  return std::ranges::count_if(all, removed) > 0;
}

bool remove_directory(const fs::path &directory, Random &) {
  return removed(directory);
}

// What others may write to is not used, and what its owner may not write to cannot be (but by root).
bool change_directory_mode(const fs::path &directory, Random &random) {
  const mode_t modes[] = {0, 0500, 0300, 0777};
  return chmod(directory.c_str(), modes[random.integer(0, 3)]) == 0;
}

bool directory_to_file(const fs::path &directory, Random &random) {
  return removed(directory) && write(directory, garbage(random));
}

} // namespace convforge::soak
