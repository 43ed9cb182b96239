// Paths that lead to a file which this process has open: /dev/stdout, /dev/fd/3, a shell's <(command).
#pragma once

#include <filesystem>
#include <optional>

namespace convforge {

/// The descriptor that a path names, through links. Such a file is read and written by its descriptor: opened
/// again it would begin at its front, and a rename would put another file in the place of its name.
std::optional<int> named_descriptor(const std::filesystem::path &path);

/// Where a path leads through links, whether something is there or not. A path whose links go round stays
/// one of these.
std::filesystem::path without_links(std::filesystem::path path);

} // namespace convforge
