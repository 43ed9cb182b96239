// Vectors along input channels: partial sums of all output channels and pixels of a tile, whose lanes are
// then added up.
#pragma once

#include "schedules/schedule.hpp"

namespace convforge {

/// All of conv.partial and conv.sum but which taps are written out: returns the stage that adds products up.
Halide::Stage schedule_lane_sums(Convolution &conv, const Region &region);

} // namespace convforge
