#include "plan/pooled_tiles.hpp"

#include "plan/pooled_epilogue.hpp"

#include <variant>

namespace convforge {

namespace {

/// Does every output of the convolution lie in one window of the pooling, and every window on the image?
bool windows_share_out(const Axis &pooled) {
  return pooled.kernel == pooled.stride && pooled.pad_begin == 0 &&
         pooled.output * pooled.stride == pooled.input;
}

bool is_whole_windows(const Axis &pooled, int outputs) {
  return outputs % pooled.stride == 0;
}

} // namespace

bool can_pool_tiles(const Plan &plan, const Problem &problem) {
  const Axis &height = problem.pooling.height(), &width = problem.pooling.width();
  const auto *winograd = std::get_if<WinogradPart>(&plan.part);
  if (!winograd || plan.rearranges() || problem.layout != Layout::nhwc || !windows_share_out(height) ||
      !windows_share_out(width) || epilogue_of_pooled(problem) == EpilogueOfPooled::before)
    return false;
  // Tiles of one column under a kernel of several: a register tile has the columns (winograd_down).
  const bool down = winograd->outputs_w == 1 && problem.width().kernel > 1;
  const int columns = down ? plan.regions.front().tile_w : winograd->outputs_w;
  return is_whole_windows(height, winograd->outputs_h) && is_whole_windows(width, columns) &&
         winograd->output_passes <= stored_rows(problem, winograd->outputs_h);
}

PooledPatch patch_of(const Plan &plan, const Problem &problem) {
  if (!pools_tiles(plan, problem))
    return plan.pooled;
  return {problem.pooling.height().output, problem.pooling.width().output};
}

} // namespace convforge
