// Plan: how a problem is computed on a target. Data only: the planner (planner/) decides, everything
// downstream obeys.
//
// A kernel computes its output in regions of output channels. Within a region, a register tile of
// `lanes * vectors` output channels (NHWC) by `tile_w * tile_h` pixels is accumulated over the whole filter
// window and stored once. For NCHW the roles are swapped: vectors run along W and the tile's other side is
// output channels. For vectors along input channels the tile's other side is all channels of the region.
#pragma once

#include "base/integer.hpp"
#include "problem/pooling.hpp"
#include "target/dot.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace convforge {

enum class Algorithm { direct, pointwise, depthwise, winograd };
std::string name_of(Algorithm algorithm);

/// What the vector lanes run along: output channels, a row of pixels (NCHW), or input channels, whose partial
/// sums are added up at the end (few output channels in NHWC).
enum class VectorAxis { channel, width, input_channel };
std::string name_of(VectorAxis axis);

/// A range of output channels within each group, all of one register tile.
struct Region {
  int first_channel = 0;      ///< within the group
  int channels = 0;           ///< a multiple of `block`, or less than one block (the last lanes are masked)
  int block = 0;              ///< output channels per register tile, and lanes per block of packed weights
  int lanes = 0;              ///< vector lanes
  int tile_w = 0, tile_h = 0; ///< output pixels per register tile
  bool unroll_tiles = false;  ///< are all its tiles of a row of pixels written out?
  int blocks() const { return ceil_div(channels, block); }
  bool operator==(const Region &) const = default;
};

/// What the tasks of a call are: one, rows and columns of pixels, or blocks of output channels.
enum class ParallelAxis { none, pixels, channels };
std::string name_of(ParallelAxis axis);

/// What the planes of a window along the depth are: taps of the sum, or input channels of a convolution
/// without a depth (problem/window_planes.hpp), which are read where they lie or gathered in the workspace.
enum class Planes { taps, channels, gathered };
std::string name_of(Planes planes);

/// How the input is read, and which loops over the kernel's taps are written out.
struct Window {
  bool padded_copy =
      false; ///< the input is copied into the workspace with its zeros around it, a task at a time
  /// Taps above and below the image are left out by the bounds of the loop over kernel rows (tile_h is 1),
  /// taps beside it by constants: only the first and the last tile of a row have any, unless all are written
  /// out.
  bool skip_rows = false, skip_columns = false;
  bool taps_innermost = false; ///< all kernel columns of one pixel before the next pixel's; else the reverse
  bool unroll_s = false, unroll_r = false; ///< are the kernel's columns and rows written out in it?
  bool operator==(const Window &) const = default;
};

/// Direct and pointwise.
struct DirectPart {
  Window window;
  /// Neighbouring vectors of weights come through two pointers to the same array in turn, so that LLVM does
  /// not join their loads into pairs (direct.cpp).
  bool two_weight_pointers = false;
  /// Do register tiles run on from row to row of an image, and of all images that a task has
  /// (fused_pixels.hpp)? rows_per_task is then 1 and columns_per_task counts pixels.
  bool fused_pixels = false;
  bool operator==(const DirectPart &) const = default;
};

struct DepthwisePart {
  Window window;
  int blocks_per_chunk = 0; ///< blocks of channels that pass over the image together; 0: no chunks, all do
  bool operator==(const DepthwisePart &) const = default;
};

/// Outputs of a tile along each axis (1 where the axis is not transformed), and what of the image is worked
/// on at once.
struct WinogradPart {
  int outputs_h = 0, outputs_w = 0;
  int rows_per_task = 0; ///< rows of tiles whose transforms are held at once
  int input_lanes = 0;   ///< input channels transformed side by side
  /// Loops over a tile's outputs, each of which loads the points again and makes every such row of them.
  int output_passes = 1;
  /// Are the rows of the image that the next task reads fetched while this one's last products are computed?
  bool prefetch = false;
  /// Whole images whose tiles are one product, so that a weight is fetched once for all of them. Divides the
  /// batch.
  int images_per_task = 1;
  bool operator==(const WinogradPart &) const = default;
};

/// What a family of algorithms decides for itself.
using FamilyPart = std::variant<DirectPart, DepthwisePart, WinogradPart>;

/// What all families decide, and the part of the algorithm's own family.
struct Plan {
  Algorithm algorithm = Algorithm::direct;
  VectorAxis vector_axis = VectorAxis::channel;
  std::vector<Region> regions;
  int rows_per_task = 0; ///< output rows and columns that one task computes, rounded up to whole tiles;
                         ///< for Winograd the rows are WinogradPart::rows_per_task
  int columns_per_task = 0;
  int unroll_c = 1; ///< input channels per iteration of the hot loop
  /// Elements that one vector load brings and the multiply-adds then take lane by lane, where instructions
  /// can (ARM): input channels of a pixel, or, with vectors along W, weights of neighbouring output channels
  /// (as many of these as divide the region's block). 1: every scalar is loaded by itself.
  int broadcast_lanes = 1;
  /// The order of the multiply-adds that such loads feed. Lanes outermost: weights are loaded as they are
  /// needed and the pixels' vectors stay in registers. Lanes innermost: pixel after pixel, the weights of all
  /// lanes in registers.
  bool lanes_innermost = false;
  ParallelAxis parallel = ParallelAxis::none;
  /// Of 8-bit integers: how their products are added up, which is the target's. `none`: floats.
  Dot dot = Dot::none;
  /// NCHW computed as NHWC: the input that a task reads is transposed into the workspace, channels of a pixel
  /// side by side, and its sums are transposed back as they are stored (channels_last.hpp). All other fields
  /// then speak of the NHWC problem.
  bool transposed = false;
  /// A dilated convolution computed as dense ones (dilation_phases.hpp): how many of them a task gathers into
  /// the workspace and computes, all columns' of some rows' phases. All other fields then speak of the dense
  /// problem. 0: as it is.
  int phases_per_task = 0;
  /// A transposed convolution whose phases are output channels of one (joined_phases.hpp), whose sums are
  /// stored to the phases' places. All other fields then speak of that problem.
  bool joins_phases = false;
  /// Of a problem with pooling: the pooled rows and columns of which the outputs that they need, a patch, are
  /// computed in the workspace together (problem/pooling_patches.hpp). A task is a row of patches. All other
  /// fields then speak of the patches. Zeros: there is no pooling, or tiles are pooled (pooled_tiles.hpp).
  PooledPatch pooled;
  /// Of weights that are constants (used_channels.hpp): input channels whose weights are all zero are not
  /// gathered into the workspace, and output channels whose weights are all zero have no sums, which are
  /// spread to the others as they are stored. All other fields then speak of the problem without them.
  bool gathers_input = false, spreads_output = false;
  /// Of a problem with a depth: `channels` and `gathered` compute it as one of two dimensions, of which all
  /// other fields then speak.
  Planes planes = Planes::taps;
  /// Of a problem that is computed in pieces (problem/pieces.hpp): their plans, in their order. All other
  /// fields are then those of the piece with the most multiply-adds, for whoever asks for one.
  std::vector<Plan> pieces;
  FamilyPart part;
  std::string why; ///< one sentence: why this algorithm and tile
  bool operator==(const Plan &) const = default;

  /// The part, of a plan that is known to have it.
  const DepthwisePart &depthwise() const { return std::get<DepthwisePart>(part); }
  const WinogradPart &winograd() const { return std::get<WinogradPart>(part); }
  DirectPart &direct() { return std::get<DirectPart>(part); }
  DepthwisePart &depthwise() { return std::get<DepthwisePart>(part); }
  WinogradPart &winograd() { return std::get<WinogradPart>(part); }

  /// How any plan reads the input: of Winograd, whose transforms do, all is false.
  const Window &window() const;
  /// The same to change: null for Winograd, which has none.
  Window *own_window();
  bool two_weight_pointers() const;

  /// Depthwise with vectors along rows: the channels of a chunk. 0: all.
  int channels_of_rows() const;

  /// Does every output channel read one input channel alone? Its weights and outputs are then counted through
  /// all groups at once.
  bool channelwise() const { return std::holds_alternative<DepthwisePart>(part); }
  /// Depthwise with vectors along rows that reads the image where it lies: lanes beside it and past the end
  /// of a row are masked.
  bool masks_lanes() const;
  bool fuses_pixels() const;
  /// Does a task arrange its input anew in the workspace, and its sums as it stores them?
  bool rearranges() const {
    return transposed || phases_per_task > 0 || joins_phases || pools() || leaves_out_channels() ||
           planes == Planes::gathered;
  }
  bool pools() const { return pooled.rows > 0; }
  bool leaves_out_channels() const { return gathers_input || spreads_output; }
  /// Is the copy that it makes of whole rows, with the zeros around them? Pointwise, if it copies, copies
  /// pixels for the sake of their type: as many as a task has.
  bool copies_rows() const { return window().padded_copy && algorithm != Algorithm::pointwise; }
};

/// The part that plans of this algorithm have, with nothing decided.
FamilyPart part_of(Algorithm algorithm);
/// A plan of this algorithm with nothing else decided.
Plan empty_plan(Algorithm algorithm);

} // namespace convforge
