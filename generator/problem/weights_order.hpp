// The order of the weights' dimensions, of all layouts, in one place: their names are it.
#pragma once

#include "problem/problem.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace convforge {

/// Are the input channels of all groups one dimension, and the output channels those of a group? Else the
/// reverse. So it is of transposed convolutions' own layouts.
inline bool holds_all_inputs(WeightsLayout layout) {
  return layout == WeightsLayout::hwoi || layout == WeightsLayout::iohw;
}

/// What stands for the taps, the input channels and the output channels, in the layout's order.
template <typename Part>
std::array<Part, 3> in_weights_order(WeightsLayout layout, const Part &taps, const Part &inputs,
                                     const Part &outputs) {
  std::array<Part, 3> parts;
  std::size_t next = 0;
  for (const char letter : name_of(layout))
    if (letter != 'w') // beside h
      parts[next++] = letter == 'h' ? taps : letter == 'i' ? inputs : outputs;
  return parts;
}

} // namespace convforge
