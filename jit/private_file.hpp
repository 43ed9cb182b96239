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
/// The whole file. Throws Error when it cannot be read, is no regular file (a link is not followed), is not
/// this user's, or others may write to it.
std::vector<std::uint8_t> read_private_file(const std::filesystem::path &path);
/// Writes `directory/name` whole or not at all: a temporary name (temporary_prefix), flushed, then renamed.
/// Throws Error (disk full, read-only).
void write_private_file(const std::filesystem::path &directory, const std::string &name,
                        std::span<const std::uint8_t> bytes);

inline constexpr const char *temporary_prefix = ".writing-";

} // namespace convforge
