// The two ends of a plan that rearranges its tensors (plan/channels_last.hpp), as Halide algebra: NCHW rows
// of pixels to pixels with their channels side by side, and sums of the latter to NCHW with the epilogue;
// pixels of a dilated convolution to the phases of dense ones (plan/dilation_phases.hpp), and back; pixels to
// those of their channels that are used, and sums of used outputs to all (plan/used_channels.hpp); pixels to
// the patches of what is pooled (problem/pooling_patches.hpp; their end: pooled.hpp);
// or to the planes of a window as channels (problem/window_planes.hpp).
//
// From and to NCHW both pass through a small square that a register tile holds: loaded along the one tensor's
// rows, stored along the other's. LLVM makes shuffles of it.
#pragma once

#include "algorithms/channel_table.hpp"
#include "algorithms/convolution.hpp"

#include <optional>

namespace convforge {

struct RearrangedInput {
  Halide::Var c{"c"}, x{"x"}, y{"y"}, n{"n"};
  Halide::Func square;              ///< c, x, y, n: of the input's elements; undefined in NHWC
  Halide::Func pixels;              ///< c, x, y, n: the same, as the sums read them
  int plane_channels = 0;           ///< of c, those of one plane of a window; 0: all
  std::optional<ChannelTable> used; ///< the input's channels that c counts, where the plan leaves out some
  /// Of patches whose pixels are less than a vector: rows of elements, e, y, n, which pixels are then no more
  /// than a view of. Zeros first, then whole vectors of `span`, which overlap, of those that there are.
  Halide::Var e{"e"};
  Halide::Func row;
  Halide::RDom span;
};

/// `problem` is the caller's, fused for pointwise; `input` is its parameter; `lanes` the target's.
RearrangedInput make_rearranged_input(const Problem &problem, const Plan &plan,
                                      const Halide::ImageParam &input, int lanes, const std::string &suffix);

struct RearrangedOutput {
  OutputVars v;          ///< of phases, z is that of rows, y counts its rows, and x the columns of all
  int first_channel = 0; ///< of those that this region stores, and none before it
  int channels = 0;      ///< of k: a block's, or all where blocks are of no concern
  std::vector<Halide::ImageParam> operands; ///< the epilogue's: k, b, g or k, b, g, x, y, z, n
  Halide::Func sums;                        ///< what the plan's algorithm computes: its own dimensions
  int computed = 0;                         ///< channels of k that are, stored or not
  Halide::Func square;                      ///< k, b, g, x, y, z, n: of the sums; undefined in NHWC
  Halide::Func output;                      ///< k, b, g, x, y, z, n
  bool guarded = false; ///< is it an update, which leaves out rows that not all phases have?
  /// Where the plan leaves out channels: the sum of each output among the region's of all groups. k then
  /// counts the outputs of all groups.
  std::optional<ChannelTable> used;
};

/// Do the sums tell blocks of channels apart, as Convolution::output does?
bool tells_blocks(const Halide::Func &sums);

/// The region's channels that it stores: the last ones of depthwise are computed with some that an earlier
/// region stores.
Region stored_part(const Plan &plan, const Region &region, const Halide::Func &sums);

/// An output of what a region's sums are, of which it stores the channels `stored`: nothing else is defined
/// yet.
RearrangedOutput output_of_sums(const Region &region, const Region &stored, const Halide::Func &sums);

/// The sum of the output's channel at a place among the sums.
struct SumPlace {
  Halide::Expr x, y, z, n;
};
Halide::Expr sum_at(const RearrangedOutput &output, const Region &region, const Region &stored,
                    const SumPlace &at);

/// `sums` has the dimensions of Convolution::output, or those of Winograd::output, whose channels are not
/// told apart by blocks.
RearrangedOutput make_rearranged_output(const Problem &problem, const Plan &plan, const Region &region,
                                        const Halide::Func &sums, const std::string &suffix);

/// The same of plans that leave out channels: outputs without sums are stored with those of the region before
/// them, and what is stored of them is the epilogue of zero.
RearrangedOutput make_spread_output(const Problem &problem, const Plan &plan, const Region &region,
                                    const Halide::Func &sums, const std::string &suffix);

} // namespace convforge
