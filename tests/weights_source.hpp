// Where weights lie in the two orders that tests of packing know.
#pragma once

#include "convforge/convforge.h"

#include <cstdint>

namespace convforge {

/// Of (T,)R,S,C/g,K or, `oihw`, of K,C/g,(T,)R,S. The rest of `pack` is known.
inline convforge_weights_source weights_source(const convforge_pack &pack, bool oihw) {
  convforge_weights_source source = {};
  const std::int64_t channels = std::int64_t{pack.groups} * pack.group_out;
  std::int64_t next = oihw ? 1 : pack.group_in * channels;
  for (int axis = CONVFORGE_WIDTH; axis >= CONVFORGE_DEPTH; --axis) {
    source.tap[axis] = next;
    next *= pack.kernel[axis];
  }
  source.c = oihw ? next : channels;
  source.k = oihw ? pack.group_in * next : 1;
  source.group = pack.group_out * source.k;
  return source;
}

} // namespace convforge
