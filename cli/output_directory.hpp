// --out DIR of commands that write several files.
#pragma once

#include "base/file.hpp"

#include <filesystem>
#include <vector>

namespace convforge::cli {

/// Makes the directory where it is missing. Throws Error naming --out.
void make_output_directory(const std::filesystem::path &out);
/// Writes all files or none, and prints each with its size.
void write_output_files(const std::vector<Member> &files, const std::filesystem::path &out);

} // namespace convforge::cli
