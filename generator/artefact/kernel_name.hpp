// Which names a kernel may have. ConvForgeAddConv.cmake holds the same rule for configure time, and both read
// cmake/taken_names.txt.
#pragma once

#include <string_view>

namespace convforge {

/// Throws Error unless `name` may name a kernel: a C identifier that neither C nor C++ nor POSIX nor the
/// runtime has taken, for a function or a header.
void check_kernel_name(std::string_view name);

/// The text of cmake/taken_names.txt: names separated by white space, lines that begin with # are comments.
extern const char *const taken_names;

} // namespace convforge
