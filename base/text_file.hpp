// Text files that users name.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace convforge {

/// More than any list of problems or plans: a sparse file may claim any size, and reading it would take that
/// much memory.
inline constexpr std::size_t most_text_bytes = std::size_t{16} << 20;

/// The whole file, which must be a regular one: a directory has no text, and nobody may ever write into a
/// named pipe. What the caller handed over open (/dev/stdin, a shell's <(command)) is read to its end. Throws
/// Error, in which `field` (a flag, say) stands before the path, also for a file of more than `most_bytes`.
std::string read_text_file(const std::string &field, const std::filesystem::path &path,
                           std::size_t most_bytes = most_text_bytes);

} // namespace convforge
