#include "plan/pooled_tiles.hpp"

#include "plan/pooled_epilogue.hpp"
#include "problem/pooling_patches.hpp"

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

/// Does a window that begins in the row of tiles before, or with this one, end in this one, and on the image?
bool reaches_back_alone(const Axis &pooled) {
  return pooled.pad_begin <= pooled.stride && pooled.kernel <= pooled.stride + pooled.pad_begin &&
         pooled.window(pooled.output) - pooled.pad_begin <= pooled.input;
}

/// Whatever is done with the input before, and with what is stored behind.
TilePooling pooling_of_tiles(const Plan &plan, const Problem &problem) {
  const Axis &height = problem.pooling.height(), &width = problem.pooling.width();
  const auto *winograd = std::get_if<WinogradPart>(&plan.part);
  if (!winograd || !is_whole_windows(height, winograd->outputs_h) ||
      winograd->output_passes > stored_rows(problem, winograd->outputs_h))
    return TilePooling::none;
  // Tiles of one column under a kernel of several: a register tile has the columns (winograd_down).
  const bool down = winograd->outputs_w == 1 && problem.width().kernel > 1;
  const int columns = down ? plan.regions.front().tile_w : winograd->outputs_w;
  const EpilogueOfPooled epilogue = epilogue_of_pooled(problem);
  if (windows_share_out(height) && windows_share_out(width) && is_whole_windows(width, columns) &&
      epilogue != EpilogueOfPooled::before)
    return TilePooling::in_tiles;
  // A row that another row of tiles has a part of is the largest of both: averages would have to be weighed.
  const bool largest = problem.pooling.kind == PoolingKind::max && epilogue == EpilogueOfPooled::behind;
  return down && largest && reaches_back_alone(height) ? TilePooling::in_rows : TilePooling::none;
}

/// Do all windows lie on the image? Of others a patch has outputs beside it, which are no one's.
bool stays_on_image(const Axis &pooled) {
  return pooled.pad_begin <= 0 && pooled.pad_end <= 0;
}

/// One axis of a patch, which has all outputs of its windows and no padding.
Axis pooled_in_patch(const Axis &pooled, int outputs) {
  return Axis::padded(pooled.window(outputs), pooled.kernel, 0, 0, pooled.stride);
}

} // namespace

TilePooling tile_pooling(const Plan &plan, const Problem &problem) {
  return plan.rearranges() || problem.layout != Layout::nhwc ? TilePooling::none
                                                             : pooling_of_tiles(plan, problem);
}

Problem patches_of_plan(const Plan &plan, const Problem &problem) {
  Problem patches = pooling_patches(problem, plan.pooled);
  // The epilogue comes as the pooled sums are stored: it must not matter to them.
  const bool plain =
      problem.epilogue.ops().empty() || epilogue_of_pooled(problem) == EpilogueOfPooled::behind;
  if (!plain || !stays_on_image(problem.pooling.height()) || !stays_on_image(problem.pooling.width()))
    return patches;
  Problem pooled = patches;
  pooled.epilogue = {};
  pooled.pooling.kind = problem.pooling.kind;
  pooled.pooling.height() = pooled_in_patch(problem.pooling.height(), plan.pooled.rows);
  pooled.pooling.width() = pooled_in_patch(problem.pooling.width(), plan.pooled.columns);
  if (pooling_of_tiles(plan, pooled) == TilePooling::in_tiles)
    patches.pooling = pooled.pooling;
  return patches;
}

} // namespace convforge
