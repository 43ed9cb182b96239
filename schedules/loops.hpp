// What the CPU families' schedules share: tasks, tiles, the padded copy, and the accumulators around the
// sum's innermost loops, which are each family's own.
#pragma once

#include "schedules/schedule.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace convforge {

/// Full vectors along `vector_axis`, the last one masked if it ends early, then every lane group and pixel of
/// the tile written out.
template <typename Scheduled>
void fill_tile(Scheduled &stage, const Region &region, const Halide::VarOrRVar &vector_axis,
               int vector_extent, std::initializer_list<Halide::VarOrRVar> others) {
  const int lanes = std::min(region.lanes, vector_extent);
  if (lanes == vector_extent) {
    stage.vectorize(vector_axis);
  } else {
    const bool whole = vector_extent % lanes == 0;
    stage.vectorize(vector_axis, lanes, whole ? Halide::TailStrategy::Auto : Halide::TailStrategy::Predicate)
        .unroll(vector_axis);
  }
  for (const Halide::VarOrRVar &other : others)
    stage.unroll(other);
}

/// The copy with zeros: whole vectors, then one shorter vector (Image splits it so). `rows` is what a task
/// reads of each of `images`, of each of `planes` depths: said aloud, so that the workspace is a constant
/// whatever Halide can prove about the last task.
void schedule_padded(Image &image, int lanes, int rows, int planes, int images = 1);

/// The copy that only converts: at most `elements` of a row.
void schedule_converted(Image &image, int lanes, int elements);

/// The output's loops over pixels, as tiles of a region and tasks of tiles: split here where the output is
/// pure, else those of its update (TilePixels).
struct PixelLoops {
  /// The columns.
  PixelLoops(Convolution &conv, const Region &region);
  void split_rows(const Convolution &conv, const Region &region);
  void split_tasks(const Plan &plan, const Region &region);
  /// Inner and outer: an update's loops keep the order of its domain.
  std::pair<Halide::VarOrRVar, Halide::VarOrRVar> tasks_in_order() const;
  /// One loop over tasks, chunks of channels (where there are any), planes and images.
  Halide::VarOrRVar fuse_tasks(const Convolution &conv);

  Halide::Stage stage;
  Halide::VarOrRVar column{Halide::Var("xi")}, column_tile{Halide::Var("xt")}, column_task{Halide::Var("xo")};
  Halide::VarOrRVar row{Halide::Var("yi")}, row_tile{Halide::Var("yt")}, row_task{Halide::Var("yo")};
  Halide::Var chunk{"bo"}; ///< split from b where `chunked`
  bool chunked = false;
};

/// All but the sum's update:
///
///   for task (images, planes, chunks of depthwise's channels, row blocks, column blocks)      parallel
///     copy the input rows of the task with their zeros into the workspace      (padded plans)
///     for g, b                        groups, blocks of output channels: one panel of packed weights, kept
///     in L1 or L2
///       for yt, xt                    register tiles of pixels
///         zero the accumulators
///         for t, r, s, c              the sum: the family's, all accumulators in registers
///         epilogue, store
void schedule_loops(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region);

} // namespace convforge
