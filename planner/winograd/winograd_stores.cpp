#include "planner/winograd/winograd_stores.hpp"

#include "base/integer.hpp"

namespace convforge {

/// ARM's output transform holds, for each row of outputs that it makes at once, a value for each column of
/// points. F(4x4,3x3) would have 24, and spilled 16 vectors; the even rows and then the odd ones have 12, and
/// as the sums of a pair of points serve the even rows, the differences the odd ones, nothing is computed
/// twice: only 24 loads are added. Where half of the rows are too many as well, each is made by itself.
int winograd_output_passes(const Target &target, const WinogradPart &tiles, int columns) {
  const int most = target.tiles.transformed_columns;
  for (const int passes : {1, 2})
    if (most == 0 || ceil_div(tiles.outputs_h, passes) * columns <= most)
      return passes;
  return tiles.outputs_h;
}

bool winograd_can_prefetch(const Problem &problem, const Plan &plan, const Target &target) {
  const bool next =
      ceil_div(problem.height().output, plan.winograd().outputs_h) > plan.winograd().rows_per_task;
  const bool dense = // the pass counts the elements of a dense tensor
      problem.input_strides() == filled({}, problem.input_extents(), problem.layout);
  return has_winograd_prefetch(target) && next && dense && problem.layout == Layout::nhwc &&
         problem.group_in() >= line_elements(problem.types.source);
}

bool winograd_prefetches(const Problem &problem, const Plan &plan, const Platform &platform) {
  const double image = double(bytes_of(problem.types.source)) * problem.height().input *
                       problem.width().input * problem.in_channels;
  return winograd_can_prefetch(problem, plan, platform.target) && image > platform.machine.l2_bytes;
}

} // namespace convforge
