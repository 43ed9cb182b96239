#include "planner/tasks.hpp"
#include "base/integer.hpp"
#include "plan/fused_pixels.hpp"

#include "planner/direct/direct_cost.hpp"
#include "planner/element_types.hpp"
#include "planner/platform.hpp"
#include "planner/tiles.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace convforge {

namespace {

/// Fewer, unrolled, make straight-line code of several kernel columns: LLVM keeps the elements that columns
/// share, and spills.
constexpr int least_channels_in_a_loop = 12;

long weight_bytes(const Problem &problem, const Plan &plan) {
  return long(element_bytes(problem, plan).weights) * problem.out_channels * problem.group_in() *
         problem.volume(&Axis::kernel);
}

/// Bytes of input that one output row needs, per row of input: of one plane.
long row_bytes(const Problem &problem, const Plan &plan) {
  const long columns = (problem.width().output - 1L) * problem.width().stride + problem.width().extent();
  return long(element_bytes(problem, plan).read) * columns *
         std::max(problem.in_channels, problem.depthwise() ? problem.out_channels : 0);
}

/// Columns of whole tiles that divide the row into equal tasks, if half of `most` or more do: the last task's
/// loops are compiled apart where it has fewer tiles, and not as well (on Cortex-A510 86 % of the peak beside
/// 93, 512 to 128 channels at 28x28).
int equal_columns(int width, int tile, int most) {
  const int tiles = ceil_div(width, tile), at_most = ceil_div(most, tile);
  for (int tiles_of_task = at_most; 2 * tiles_of_task >= at_most; tiles_of_task--)
    if (tiles % tiles_of_task == 0)
      return std::min(width, tiles_of_task * tile);
  return most;
}

/// Fused pixels: channels where the weights are more than all images together, else ranges of pixels whose
/// input stays in half of L2.
void choose_fused_tasks(Plan &plan, const Problem &problem, const Platform &platform, int blocks) {
  const Axis &height = problem.height();
  const int width = problem.width().output, image = width * height.output;
  plan.parallel = ParallelAxis::none;
  const bool whole = fuses_images(problem, plan);
  const int images = whole ? problem.batch : 1, pixels = image * images;
  plan.rows_per_task = 1;
  plan.columns_per_task = pixels;
  if (too_small_to_share(problem))
    return;
  const long weights = weight_bytes(problem, plan);
  if (blocks >= 4 && weights > row_bytes(problem, plan) * height.output * images &&
      double(weights) > platform.machine.l2_bytes) {
    plan.parallel = ParallelAxis::channels;
    return;
  }
  plan.parallel = ParallelAxis::pixels;
  const double of_pixel = double(row_bytes(problem, plan)) * height.stride / width;
  const int fits = static_cast<int>(platform.machine.l2_bytes / 2 / of_pixel);
  const int wanted = ceil_div(tasks_wanted, whole ? 1 : problem.batch);
  plan.columns_per_task = std::clamp(std::min(fits, ceil_div(pixels, wanted)),
                                     std::min(pixels, plan.regions.front().tile_w), pixels);
}

} // namespace

bool needs_padding(const Axis &axis) {
  return axis.pad_begin > 0 || axis.pad_end > 0;
}

bool needs_padding(const Problem &problem) {
  return needs_padding(problem.height()) || needs_padding(problem.width()) ||
         problem.pads_with() != PaddingMode::zeros; // planes of zeros are left out
}

bool too_small_to_share(const Problem &problem) {
  return problem.multiply_adds() < parallel_multiply_adds;
}

void choose_tasks(Plan &plan, const Problem &problem, const Platform &platform) {
  const int height = problem.height().output, width = problem.width().output;
  const bool small = too_small_to_share(problem);
  int blocks = 0;
  for (const Region &region : plan.regions)
    blocks += region.blocks() * (plan.channelwise() ? 1 : problem.groups);
  if (plan.fuses_pixels())
    return choose_fused_tasks(plan, problem, platform, blocks);
  plan.rows_per_task = height;
  plan.columns_per_task = width;
  const long pixels_bytes = row_bytes(problem, plan) * height * problem.depth().output;
  if (!small && plan.vector_axis != VectorAxis::input_channel && blocks >= 4 &&
      weight_bytes(problem, plan) > pixels_bytes &&
      double(weight_bytes(problem, plan)) > platform.machine.l2_bytes) {
    plan.parallel = ParallelAxis::channels;
    return;
  }
  plan.parallel = small ? ParallelAxis::none : ParallelAxis::pixels;
  const long budget = static_cast<long>(platform.machine.l2_bytes) / 2;
  const int planes = problem.depth().output; // each of which is a task at least
  const int wanted = small ? 1 : std::max(1, tasks_wanted / (problem.batch * planes));
  if (height == 1 && !plan.copies_rows()) {
    const long read = row_bytes(problem, plan) * problem.depth().kernel;
    const int fits = static_cast<int>(std::max(1L, budget / std::max(1L, read / width)));
    plan.columns_per_task = std::min({width, fits, ceil_div(width, wanted)});
    if (plan.two_weight_pointers())
      plan.columns_per_task = equal_columns(width, plan.regions.front().tile_w, plan.columns_per_task);
  } else {
    const int fits = static_cast<int>(
        std::max(1L, budget / (row_bytes(problem, plan) * problem.depth().kernel * problem.height().stride)));
    plan.rows_per_task = even_piece(height, std::min(fits, ceil_div(height, wanted)));
  }
}

bool must_unroll_tiles(const Plan &plan, const Region &region, const Problem &problem) {
  const int columns = std::min(plan.columns_per_task, problem.width().output);
  return plan.window().skip_columns && ceil_div(columns, region.tile_w) <= 3;
}

void choose_broadcast(Plan &plan, const Problem &problem, const Target &target) {
  plan.broadcast_lanes = target.broadcast_lanes;
  if (plan.vector_axis == VectorAxis::channel) {
    plan.broadcast_lanes = std::gcd(plan.broadcast_lanes, problem.group_in());
    const bool in_order = plan.broadcast_lanes > 1 && target.core == CoreClass::in_order;
    if (auto *direct = std::get_if<DirectPart>(&plan.part))
      direct->two_weight_pointers = in_order;
    else
      plan.lanes_innermost = in_order;
  }
}

namespace {

/// Of any region: an iteration is to have enough multiply-adds in each. 8 channels x 8 pixels behind 24 x 4,
/// two input channels an iteration, took 2.3 times their time by four (64 to 128 channels at 112x112 19.8 ms,
/// of 16 x 4 alone 18.5; Zen 3, AVX2).
int fewest_accumulators(const Plan &plan, const Problem &problem) {
  int fewest = std::numeric_limits<int>::max();
  for (const Region &region : plan.regions)
    fewest = std::min(fewest, register_tile(problem, plan, region).accumulators());
  return fewest;
}

} // namespace

void choose_unrolling(Plan &plan, const Problem &problem, const Target &target) {
  Window &window = *plan.own_window();
  plan.unroll_c = 1; // and not what another tile of the same plan was given
  if (plan.channelwise()) {
    window.unroll_s = problem.width().kernel <= 9;
    window.unroll_r = window.unroll_s && problem.height().kernel * problem.width().kernel <= 25;
    return;
  }
  if (window.skip_columns) {
    window.unroll_s = true; // the conditions of tiles at the edges become constants
    if (problem.group_in() < least_channels_in_a_loop)
      return;
  }
  if (plan.broadcast_lanes > 1) { // the taps of one load; along W, as many loads
    plan.unroll_c = std::gcd(plan.broadcast_lanes, problem.group_in());
    return;
  }
  if (window.taps_innermost) {
    window.unroll_s = true;
    return; // the columns are enough
  }
  if (spills_unrolled(target, register_tile(problem, plan, plan.regions.front())))
    return;
  const int accumulators = fewest_accumulators(plan, problem);
  int channels = problem.group_in();
  if (plan.vector_axis == VectorAxis::input_channel)
    channels /= plan.regions.front().lanes;
  for (const int unroll : {1, 2, 3, 4})
    if (channels % unroll == 0 && accumulators * plan.unroll_c < target.tiles.enough_multiply_adds)
      plan.unroll_c = unroll;
}

} // namespace convforge
