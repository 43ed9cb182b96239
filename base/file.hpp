// Files written whole: what was there before stays until all that is new is on the disk. A link stays one:
// the file that it leads to is written. A file that is replaced keeps its mode.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace convforge {

/// A file to write, or a member of an archive: its name and its bytes.
using Member = std::pair<std::string, std::vector<std::uint8_t>>;
/// A text file's content.
inline std::vector<std::uint8_t> to_bytes(const std::string &text) {
  return {text.begin(), text.end()};
}
/// Writes all of a file or none of it: a temporary name beside it, flushed, then renamed. Throws Error (disk
/// full, no permission, no regular file).
void write_file_atomically(const std::filesystem::path &path, std::span<const std::uint8_t> bytes);
/// The same for files of a directory that belong together: none gets its name before all are on the disk, so
/// that a full disk or a directory that may not be written to leaves those of an earlier time, all of them.
/// Where a name is refused then (another user's file in a directory like /tmp), the others get back what they
/// had; where the file system cannot do that, the Error names those that are new.
void write_files_atomically(const std::filesystem::path &directory, std::span<const Member> files);

} // namespace convforge
