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

/// x, y and z are the output's column, row and plane. Output channel = g * K/g + first + b * block + k, with
/// k the lane within a block of packed weights.
struct OutputVars {
  Halide::Var k{"k"}, b{"b"}, g{"g"}, x{"x"}, y{"y"}, z{"z"}, n{"n"};
};

/// The dimensions of Convolution::taps. Of dot products c counts these within a run and s the runs of a row
/// of the kernel (plan/dot_runs.hpp), and a fifth one the elements of each.
struct Taps {
  Halide::RVar c, s, r, t;
  explicit Taps(const Halide::RDom &taps) : c(taps.x), s(taps.y), r(taps.z), t(taps.w) {}
};

/// The pixel whose window an output's sum is over.
struct Pixel {
  Halide::Expr x, y, n;
};

/// One region: the sum over the filter window, and the output after the epilogue. Every tensor is a view that
/// begins at the region's first channel; strides are constants, so that the layout is no more than numbers.
struct Convolution {
  OutputVars v;
  Pixel pixel; ///< x, y and n themselves, or what x counts where pixels are fused (fused_pixels.hpp)
  Image image;
  Halide::ImageParam packed;                ///< k, c, s, r, t, b, g; of dot products the element before k
  Halide::ImageParam packed_odd;            ///< packed again, for vectors of odd number (direct.cpp); where
                                            ///< DirectPart::two_weight_pointers
  std::vector<Halide::ImageParam> tables;   ///< of dot products, k, b, g: convforge_pack's, in its order
  std::vector<Halide::ImageParam> operands; ///< the epilogue's: k, b, g or k, b, g, x, y, z, n
  Halide::RDom taps;        ///< input channel of the group, kernel column, row and plane: Taps
  Halide::Func sum, output; ///< k, b, g, x, y, z, n
  /// Pixels by tile, where the last tiles overlap those before and each output is still stored once
  /// (stored_once.hpp): the domain of the output's update. Undefined elsewhere: the output is pure.
  Halide::RDom pixels;
  /// Plan::broadcast_lanes input channels of a pixel as one vector (dimension i): i, x, y, z, c / lanes, s,
  /// r, t, g, n. Undefined when each is read where it is used.
  Halide::Func channel_lanes;
  Halide::Var i{"i"};
  /// Of depthwise by dot products: the taps of a row of the kernel side by side, i, channel, c, x, y, z, n.
  Halide::Func side_by_side;
  /// Where vectors run along the input channels: the sums of every lanes-th channel, and the lanes to add up.
  Halide::Func partial; ///< lane, k, b, g, x, y, z, n
  Halide::Var lane{"lane"};
  Halide::RDom lanes;
};

/// The taps over `channels` input channels. Those in planes outside of the image are left out, whatever the
/// plan does about rows and columns: the loop over kernel planes passes over them.
Halide::RDom declare_taps(const Convolution &conv, const Problem &problem, int channels);
/// Plan::window().skip_rows: rows of taps in the padding are no part of conv.taps.
void pass_over_rows(Convolution &conv, const Axis &height);
/// Plan::window().skip_columns: the same of columns.
void pass_over_columns(Convolution &conv, const Axis &width);
/// The input's element under a tap, `channel` as Image::at has it.
Halide::Expr element_under(const Convolution &conv, const Problem &problem, const Halide::Expr &channel,
                           const Halide::Expr &column, const Halide::Expr &row, const Halide::Expr &plane);
/// The sum of each algorithm: defines taps and sum from image and packed.
void define_direct(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region);
/// The same through conv.partial: `lanes` divides the input channels of a group.
void define_direct_by_lanes(Convolution &conv, const Problem &problem, const Plan &plan, int lanes);
void define_depthwise(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region);

/// The sums of 8-bit integers, of direct and pointwise, and of depthwise: conv.tables, too.
void define_dots(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region,
                 const std::string &suffix);

/// What the output stores in column x of row y.
Halide::Expr output_at(const Convolution &conv, const Problem &problem, const Halide::Expr &x,
                       const Halide::Expr &y);
/// Bounds of a region's output, and strides: k, b, g, x, y, z, n.
void fix_like_output(const Halide::OutputImageParam &parameter, const Strides &strides,
                     const Problem &problem, const Plan &plan, const Region &region);
/// What of the packed weights is by channel, of 8-bit integers: k, b, g.
std::vector<Halide::ImageParam> region_tables(const Problem &problem, const Plan &plan, const Region &region,
                                              const std::string &suffix);
/// The epilogue's operands as a region sees them: k, b, g or k, b, g, x, y, z, n.
std::vector<Halide::ImageParam> region_operands(const Problem &problem, const Plan &plan,
                                                const Region &region, const std::string &suffix);
/// The whole of a region. `suffix` keeps the names of several regions in one pipeline apart.
Convolution make_convolution(const Problem &problem, const Plan &plan, const Region &region,
                             const Input &input, const std::string &suffix);
/// The input parameter that all regions share: "input" and the suffix, which is empty or that of a piece.
Halide::ImageParam make_input(const Problem &problem, const std::string &suffix = "");

} // namespace convforge
