// The texts of the headers that generated sources include: the program carries them, so that these compile
// wherever it is installed.
#pragma once

#include <span>

namespace convforge::cli {

struct RuntimeHeader {
  const char *name, *text; ///< as in "convforge/convforge.h"
};
std::span<const RuntimeHeader> runtime_headers();

} // namespace convforge::cli
