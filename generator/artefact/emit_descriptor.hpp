// The C text of one kernel descriptor.
#pragma once

#include "convforge/convforge.h"

#include <string>

namespace convforge {

/// What a descriptor refers to by name: its pointers that the linker fills in.
struct Symbols {
  std::string function, constant_weights = "NULL", constant_bias = "NULL";
};

/// Defines `<prefix>_regions`, `<prefix>_views` and `<prefix>_descriptor` with the values of `kernel`, whose
/// own pointers to code and constants are ignored in favour of `symbols`.
std::string emit_descriptor(const convforge_kernel &kernel, const Symbols &symbols,
                            const std::string &prefix);

} // namespace convforge
