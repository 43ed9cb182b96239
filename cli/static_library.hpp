// libconv1.a: the generated C source, built with the user's compiler, and the objects beside it.
#pragma once

#include "artefact/emit.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace convforge::cli {

/// Builds `source` (the text of NAME.c, which includes NAME.h) with ${CC:-cc} in a directory of its own and
/// archives the result with `objects`. The runtime's header comes out of this program. Throws Error with the
/// compiler's message.
std::vector<std::uint8_t> build_static_library(const std::string &name, const std::string &source,
                                               const std::string &header, std::vector<Member> objects);

} // namespace convforge::cli
