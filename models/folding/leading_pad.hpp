// Pads before convolutions.
#pragma once

#include "models/graph.hpp"

namespace convforge::models {

/// Makes the padding of a Pad before it the problem's own, whose input is then the Pad's. False, with nothing
/// changed: where that is another convolution. `padded`: the shape of what the Pad makes.
bool take_padding(const Pad &pad, const Shape &padded, Problem &problem);

} // namespace convforge::models
