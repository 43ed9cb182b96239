#include "plan/channels_last.hpp"

#include "base/integer.hpp"
#include "plan/dilation_phases.hpp"
#include "plan/joined_phases.hpp"
#include "plan/pointwise.hpp"
#include "plan/pooled_tiles.hpp"
#include "plan/used_channels.hpp"
#include "problem/pieces.hpp"
#include "problem/window_planes.hpp"

#include <algorithm>
#include <ranges>

namespace convforge {

Problem channels_last(const Problem &problem) {
  Problem inner = problem;
  inner.layout = Layout::nhwc;
  inner.types.source = inner.types.destination = inner.types.accumulator();
  inner.epilogue = {};
  inner.strides = {};
  if (inner.batch > 1) {
    Strides apart = inner.input_strides();
    apart.n += apart.h; // a row between images, which no task reads
    inner.strides.input = apart;
  }
  return inner;
}

Problem planes_read_in_place(const Problem &problem) {
  Problem inner = window_planes_in_place(problem).value_or(window_planes(problem));
  inner.types.source = inner.types.accumulator();
  return inner;
}

Problem planned_problem(const Problem &problem, const Plan &plan) {
  if (!plan.pieces.empty()) {
    const std::vector<Piece> pieces = pieces_of(problem);
    const std::size_t largest = largest_piece(pieces);
    return planned_problem(pieces[largest].problem, plan.pieces[largest]);
  }
  if (plan.phases_per_task > 0)
    return channels_last(dense_phases(problem));
  if (plan.joins_phases)
    return channels_last(joined_problem(problem));
  if (plan.pools())
    return channels_last(patches_of_plan(plan, problem));
  if (plan.planes == Planes::gathered)
    return channels_last(window_planes(problem));
  if (plan.planes == Planes::channels)
    return planes_read_in_place(problem);
  return plan.rearranges() ? channels_last(used_problem(problem, plan)) : problem;
}

Problem outer_problem(const Problem &problem, const Plan &plan) {
  if (plan.joins_phases)
    return joined_problem(problem);
  if (plan.algorithm != Algorithm::pointwise)
    return problem;
  return plan.leaves_out_channels() ? fuse_pixels_of_images(problem) : fuse_pixels(problem);
}

Problem rearranged_shape(const Problem &problem, const Plan &plan) {
  if (plan.pools())
    return patches_of_plan(plan, problem);
  if (plan.planes == Planes::gathered)
    return window_planes(problem);
  return plan.phases_per_task > 0 ? dense_phases(problem) : outer_problem(used_problem(problem, plan), plan);
}

namespace {

/// Rows or columns of the largest tile of any region: a task has at least one.
int largest_tile(const Plan &plan, int Region::*size) {
  return std::ranges::max(plan.regions | std::views::transform(size));
}

} // namespace

RearrangedTask rearranged_task(const Problem &shape, const Plan &plan) {
  if (plan.pools()) { // a patch, whatever the tasks within it are
    const bool in_tiles = shape.pools();
    return {.rows = in_tiles ? shape.pooling.height().output : shape.height().output,
            .columns = in_tiles ? shape.pooling.width().output : shape.width().output,
            .input_rows = shape.height().input};
  }
  const int height = shape.height().output, width = shape.width().output;
  const auto *winograd = std::get_if<WinogradPart>(&plan.part);
  const int tile_rows = winograd ? winograd->outputs_h : largest_tile(plan, &Region::tile_h);
  int rows = winograd ? winograd->rows_per_task * tile_rows : round_up(plan.rows_per_task, tile_rows);
  int columns = winograd ? width : round_up(plan.columns_per_task, largest_tile(plan, &Region::tile_w));
  if (plan.parallel == ParallelAxis::channels) {
    rows = winograd ? round_up(height, tile_rows) : height;
    columns = width;
  }
  // Winograd's last tiles reach below the output.
  const int read_for = winograd ? rows : std::min(height, rows);
  const Axis &axis = shape.height();
  const auto *depthwise = std::get_if<DepthwisePart>(&plan.part);
  return {.rows = std::min(height, rows),
          .columns = std::min(width, columns),
          .input_rows = shape.pads_with() == PaddingMode::zeros ? std::min(axis.input, axis.window(read_for))
                                                                : axis.window(read_for),
          .images = plan.phases_per_task > 0 ? plan.phases_per_task
                    : winograd               ? winograd->images_per_task
                                             : 1,
          .blocks = depthwise && !plan.leaves_out_channels() && shape.group_out() == 1 &&
                            !depthwise->window.padded_copy && plan.parallel != ParallelAxis::channels
                        ? depthwise->blocks_per_chunk
                        : 0};
}

} // namespace convforge
