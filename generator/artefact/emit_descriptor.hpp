// The C text of one kernel descriptor.
#pragma once

#include "convforge/convforge.h"

#include <string>
#include <vector>

namespace convforge {

/// What a descriptor refers to by name: its pointers that the linker fills in.
struct Symbols {
  std::string function;
  std::vector<std::string> constants; ///< of each operand; "NULL": none. Empty: none at all
};

/// Defines `<prefix>_regions`, `<prefix>_operands`, `<prefix>_views`, of 8-bit results
/// `<prefix>_requantisation` (convforge/quantise.h), and `<prefix>_descriptor` with the values of `kernel`,
/// whose own pointers to code and constants are ignored in favour of `symbols`.
std::string emit_descriptor(const convforge_kernel &kernel, const Symbols &symbols,
                            const std::string &prefix);

} // namespace convforge
