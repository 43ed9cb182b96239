#include "base/named_descriptor.hpp"

#include <charconv>
#include <string>
#include <system_error>

namespace convforge {
namespace {

namespace fs = std::filesystem;

constexpr int most_links = 40; // as Linux follows

bool is_link(const fs::path &path) {
  std::error_code unknown;
  return fs::is_symlink(fs::symlink_status(path, unknown));
}

/// What a link holds, as seen from where it lies.
fs::path target_of(const fs::path &link) {
  std::error_code unreadable;
  const fs::path target = fs::read_symlink(link, unreadable);
  return unreadable ? link : link.parent_path() / target;
}

bool is_descriptors_directory(const fs::path &directory) {
  std::error_code unknown;
  return fs::equivalent(directory, "/proc/self/fd", unknown);
}

} // namespace

std::optional<int> named_descriptor(const fs::path &path) {
  fs::path at = path;
  for (int links = 0; links < most_links && is_link(at); ++links, at = target_of(at)) {
    if (!is_descriptors_directory(at.parent_path()))
      continue;
    const std::string name = at.filename().string();
    int descriptor = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), descriptor);
    if (error == std::errc() && end == name.data() + name.size())
      return descriptor;
  }
  return std::nullopt;
}

fs::path without_links(fs::path path) {
  for (int links = 0; links < most_links && is_link(path); ++links)
    path = target_of(path);
  return path;
}

} // namespace convforge
