#include "plan/channels_last.hpp"

#include "base/integer.hpp"

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

Problem planned_problem(const Problem &problem, const Plan &plan) {
  return plan.transposed ? channels_last(problem) : problem;
}

namespace {

/// Rows or columns of the largest tile of any region: a task has at least one.
int largest_tile(const Plan &plan, int Region::*size) {
  return std::ranges::max(plan.regions | std::views::transform(size));
}

} // namespace

TransposedTask transposed_task(const Problem &problem, const Plan &plan) {
  const int height = problem.height().output, width = problem.width().output;
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
  const Axis &axis = problem.height();
  const auto *depthwise = std::get_if<DepthwisePart>(&plan.part);
  return {.rows = std::min(height, rows),
          .columns = std::min(width, columns),
          .input_rows = std::min(axis.input, (read_for - 1) * axis.stride + axis.extent()),
          .images = winograd ? winograd->images_per_task : 1,
          .blocks = depthwise && problem.group_out() == 1 && !depthwise->window.padded_copy &&
                            plan.parallel != ParallelAxis::channels
                        ? depthwise->blocks_per_chunk
                        : 0};
}

} // namespace convforge
