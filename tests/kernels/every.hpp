// How many of a long list of plans a test takes.
#pragma once

#include <cstdlib>

namespace convforge {

/// One in `usual` of them, in the long run (label long) one in `thorough`. The first should divide nothing
/// that the planner's loops count to, so that those taken differ in everything.
inline int one_in(int usual, int thorough) noexcept {
  return std::getenv("CONVFORGE_LONG_RUN") != nullptr ? thorough : usual;
}

} // namespace convforge
