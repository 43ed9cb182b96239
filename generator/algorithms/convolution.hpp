// What is computed: the convolution of one region of output channels as Halide algebra, with no schedule in
// it.
#pragma once

#include "algorithms/epilogue.hpp"
#include "algorithms/image.hpp"
#include "plan/plan.hpp"
#include "problem/problem.hpp"

#include <Halide.h>

#include <string>
#include <vector>

namespace convforge {

/// Output channel = g * K/g + first + b * block + k, with k the lane within a block of packed weights.
struct OutputVars {
  Halide::Var k{"k"}, b{"b"}, g{"g"}, x{"x"}, y{"y"}, n{"n"};
};

/// One region: the sum over the filter window, and the output after the epilogue. Every tensor is a view that
/// begins at the region's first channel; strides are constants, so that the layout is no more than numbers.
struct Convolution {
  OutputVars v;
  Image image;
  Halide::ImageParam packed; ///< k, c, s, r, b, g
  Halide::ImageParam
      packed_odd; ///< packed again, for vectors of odd number (direct.cpp); where Plan::two_weight_pointers
  std::vector<Halide::ImageParam> operands; ///< the epilogue's: k, b, g or k, b, g, x, y, n
  Halide::RDom taps;        ///< x: input channel of the group, y: kernel column, z: kernel row
  Halide::Func sum, output; ///< k, b, g, x, y, n
  /// Plan::broadcast_lanes input channels of a pixel as one vector (dimension i): i, x, y, c / lanes, s, r,
  /// g, n. Undefined when each is read where it is used.
  Halide::Func channel_lanes;
  Halide::Var i{"i"};
  /// Where vectors run along the input channels: the sums of every lanes-th channel, and the lanes to add up.
  Halide::Func partial; ///< lane, k, b, g, x, y, n
  Halide::Var lane{"lane"};
  Halide::RDom lanes;
};

/// The sum of each algorithm: defines taps and sum from image and packed.
void define_direct(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region);
/// The same through conv.partial: `lanes` divides the input channels of a group.
void define_direct_by_lanes(Convolution &conv, const Problem &problem, const Plan &plan, int lanes);
void define_depthwise(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region);

/// The whole of a region. `suffix` keeps the names of several regions in one pipeline apart.
Convolution make_convolution(const Problem &problem, const Plan &plan, const Region &region,
                             const Halide::ImageParam &input, const std::string &suffix);
/// The input parameter that all regions share.
Halide::ImageParam make_input(const Problem &problem);

} // namespace convforge
