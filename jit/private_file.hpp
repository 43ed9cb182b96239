// Files that only this user may have written. Code is loaded from them, so who can write them can run code.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace convforge {

/// Makes the directory with mode 0700 unless it is there. Throws Error when that fails, when it belongs to
/// another user or when other users may write to it.
void require_private_directory(const std::filesystem::path &directory);
/// A kernel takes some tens of kilobytes. A sparse file may claim any size, and reading it would take that
/// much memory.
inline constexpr std::uint64_t most_file_bytes = 64u << 20;

/// The whole file. Throws Error when it cannot be read, is no regular file (a link is not followed), is not
/// this user's, others may write to it, or it is larger than `most_bytes`.
std::vector<std::uint8_t> read_private_file(const std::filesystem::path &path,
                                            std::uint64_t most_bytes = most_file_bytes);
/// Writes `directory/name` whole or not at all: a temporary name (temporary_prefix), flushed, then renamed.
/// Throws Error (disk full, read-only).
void write_private_file(const std::filesystem::path &directory, const std::string &name,
                        std::span<const std::uint8_t> bytes);

inline constexpr const char *temporary_prefix = ".writing-";

} // namespace convforge
