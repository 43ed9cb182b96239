// Directories that go with everything in them.
#pragma once

namespace convforge {

/// Removes what is there, and in it, as far as it may. Follows no links. For destructors: needs no memory but
/// the stack, where std::filesystem::remove_all() allocates.
void remove_tree(const char *path) noexcept;

} // namespace convforge
