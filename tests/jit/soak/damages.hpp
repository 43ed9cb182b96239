// What can happen to a directory of cached kernels.
#pragma once

#include "verify/random.hpp"

#include <array>
#include <filesystem>
#include <string_view>

namespace convforge::soak {

/// One way to damage the directory; false when there was nothing to damage. Never throws: the workers use
/// the directory meanwhile, and so every step may fail.
struct Damage {
  std::string_view name;
  int weight; ///< how often, in proportion
  bool (*inflict)(const std::filesystem::path &directory, Random &random);
};

bool flip_bit(const std::filesystem::path &directory, Random &random);
bool truncate_entry(const std::filesystem::path &directory, Random &random);
bool append_to_entry(const std::filesystem::path &directory, Random &random);
bool overwrite_by_another(const std::filesystem::path &directory, Random &random);
bool replace_by_another(const std::filesystem::path &directory, Random &random);
bool replace_by_garbage(const std::filesystem::path &directory, Random &random);
bool replace_by_directory(const std::filesystem::path &directory, Random &random);
bool replace_by_pipe(const std::filesystem::path &directory, Random &random);
bool replace_by_link(const std::filesystem::path &directory, Random &random);
bool change_mode(const std::filesystem::path &directory, Random &random);
bool change_time(const std::filesystem::path &directory, Random &random);
bool remove_entry(const std::filesystem::path &directory, Random &random);
bool add_junk(const std::filesystem::path &directory, Random &random);
bool add_sparse_file(const std::filesystem::path &directory, Random &random);
bool add_abandoned(const std::filesystem::path &directory, Random &random);
bool clear_directory(const std::filesystem::path &directory, Random &random);
bool remove_directory(const std::filesystem::path &directory, Random &random);
bool change_directory_mode(const std::filesystem::path &directory, Random &random);
bool directory_to_file(const std::filesystem::path &directory, Random &random);

/// What empties the directory is rare, or no entry would live until it is read.
inline constexpr std::array<Damage, 19> damages = {{
    {"bit flipped", 60, flip_bit},
    {"truncated", 30, truncate_entry},
    {"bytes appended", 10, append_to_entry},
    {"overwritten by another entry", 20, overwrite_by_another},
    {"replaced by another entry", 30, replace_by_another},
    {"replaced by garbage", 20, replace_by_garbage},
    {"replaced by a directory", 8, replace_by_directory},
    {"replaced by a pipe", 8, replace_by_pipe},
    {"replaced by a link", 8, replace_by_link},
    {"mode changed", 20, change_mode},
    {"time changed", 20, change_time},
    {"entry removed", 20, remove_entry},
    {"junk added", 8, add_junk},
    {"sparse file added", 4, add_sparse_file},
    {"abandoned files added", 4, add_abandoned},
    {"all removed", 3, clear_directory},
    {"directory removed", 3, remove_directory},
    {"directory's mode changed", 3, change_directory_mode},
    {"directory replaced by a file", 3, directory_to_file},
}};

} // namespace convforge::soak
