// Where the weights of plain kernels lie.
#pragma once

#include "convforge/convforge.h"
#include "problem/problem.hpp"

namespace convforge {

/// Of a problem, all of whose groups are packed apart.
inline convforge_weights_source weights_source(const Problem &problem) {
  const WeightsStrides strides = weights_strides(problem);
  return {.first = 0,
          .tap = {strides.tap[0], strides.tap[1], strides.tap[2]},
          .c = strides.c,
          .k = strides.k,
          .group = strides.group};
}

} // namespace convforge
