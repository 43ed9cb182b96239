// What a user names as the place of an output.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace convforge {

/// `-` is standard output. A device, a pipe or what the caller handed over open (/dev/stdout, /dev/fd/3) is
/// written through and stays what it is; opening a pipe waits for its reader. A regular file, or a new one,
/// is written whole or not at all (write_file_atomically()). Throws Error.
void write_output(const std::filesystem::path &output, std::span<const std::uint8_t> bytes);

/// Does an output go where standard output goes? Nothing else should then be printed there.
bool is_standard_output(const std::filesystem::path &output);

} // namespace convforge
