#include "planner/depthwise/depthwise_masked.hpp"

#include "base/integer.hpp"
#include "plan/masked_tiles.hpp"
#include "planner/checks.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>

namespace convforge {

namespace {

constexpr int code_bytes = 20 << 10; // as of plans that leave out taps in NHWC
constexpr int most_columns = 9;      // of the kernel, all written out
constexpr int least_lanes = 4;       // of a vector
constexpr int most_stride = 4;       // vectors of neighbours from which one is taken
/// Fitted to nine layers of MobileNet V2 on Zen 4 with AVX-512, tiles of 8 and 16 lanes and 1 to 14 rows.
constexpr double across_lines = 0.4, cycles_per_shuffle = 0.7;

/// Vectors of neighbours from which the taps of a row of the kernel take theirs: each its own, or, of columns
/// a stride apart, those that begin at the same multiple of it.
int vectors_per_row(const Axis &w) {
  std::set<int> begins;
  for (int s = 0; s < w.kernel; s++) {
    const int column = s * w.dilation - w.pad_begin + w.extent() * w.stride; // above zero
    begins.insert(column / w.stride);
  }
  return w.stride == 1 ? w.kernel : static_cast<int>(begins.size()) * w.stride;
}

int written(const Axis &axis, int tile) {
  const int tiles = ceil_div(axis.output, tile);
  return masked_tiles(axis, tile) == TilesWritten::all ? tiles : 3;
}

/// Multiply-adds with their offsets, masked loads and stores, the epilogue.
int bytes_of_tile(const Problem &problem, int rows) {
  const Axis &h = problem.height(), &w = problem.width();
  const int read = std::min(h.window(rows), rows * h.kernel);
  return rows * h.kernel * w.kernel * 7 + read * vectors_per_row(w) * 11 + rows * 24;
}

/// Accumulators beside the vectors of a kernel column, or of all weights.
int most_rows(const Problem &problem, const Target &target) {
  const Axis &h = problem.height(), &w = problem.width();
  const int others = w.stride == 1 ? h.kernel + 1 : h.kernel * w.kernel + 4;
  return std::max(4, (target.vector_registers - others) / 2);
}

bool fits(const Problem &problem, const Region &region) {
  const Axis &h = problem.height(), &w = problem.width();
  for (const auto &[axis, tile] : {std::pair(h, region.tile_h), {w, region.tile_w}})
    if (masked_tiles(axis, tile) == TilesWritten::edges && !edges_within_tiles(axis, tile))
      return false;
  const int tiles = written(h, region.tile_h) * written(w, region.tile_w);
  return tiles * bytes_of_tile(problem, region.tile_h) <= code_bytes;
}

/// Chunks of channels are the tasks.
void share_channels(Plan &plan, const Problem &problem) {
  plan.rows_per_task = problem.height().output;
  plan.columns_per_task = problem.width().output;
  plan.parallel = too_small_to_share(problem) ? ParallelAxis::none : ParallelAxis::pixels;
  const int wanted = plan.parallel == ParallelAxis::none
                         ? 1
                         : std::max(1, tasks_wanted / (problem.batch * problem.depth().output));
  const int channels = std::max(1, problem.in_channels / wanted);
  plan.depthwise().blocks_per_chunk = largest_divisor(problem.in_channels, channels) * problem.group_out();
}

bool applies(const Problem &problem, const Target &target) {
  const Axis &w = problem.width();
  return has_masked_rows(target) && problem.layout == Layout::nchw && problem.types == ElementTypes{} &&
         problem.pads_with() == PaddingMode::zeros && w.kernel <= most_columns &&
         problem.height().kernel <= most_columns && w.stride <= most_stride &&
         problem.output_strides().w == 1;
}

} // namespace

double masked_plane_cycles(const Problem &problem, const Platform &platform, const Plan &plan) {
  const Axis &h = problem.height(), &w = problem.width();
  const Region &region = plan.regions.front();
  const double vector = time_of_vector(platform, region.lanes);
  const int rows = region.tile_h, read = std::min(h.window(rows), rows * h.kernel);
  const double multiply_adds = double(rows) * h.kernel * w.kernel / fma_per_cycle(platform);
  // Vectors at any element: as many of them lie across two lines as they have parts of a line.
  const double across = 1 + across_lines * region.lanes * sizeof(float) / line_bytes;
  const double loads = read * vectors_per_row(w) * across / platform.machine.loads_per_cycle;
  const double shuffles = w.stride == 1 ? 0 : double(read) * w.kernel * cycles_per_shuffle;
  const double tile = vector * (std::max(multiply_adds, loads) + 1.5 * rows) + shuffles + 4;
  return ceil_div(h.output, rows) * ceil_div(w.output, region.tile_w) * tile;
}

namespace {

/// The plan with the tiles of so many lanes that are fastest: no rows where none fit.
void choose_rows(Plan &plan, const Problem &problem, const Platform &platform, int lanes) {
  const Axis &h = problem.height();
  Region region{.channels = problem.out_channels, .block = 1, .lanes = lanes, .tile_w = lanes};
  Region best = region;
  double least = 1e300;
  for (int rows = 1; rows <= std::min(most_rows(problem, platform.target), h.output); rows++) {
    region.tile_h = rows;
    if (even_piece(h.output, rows) != rows || !fits(problem, region))
      continue;
    plan.regions = {region};
    if (const double cycles = masked_plane_cycles(problem, platform, plan); cycles < least) {
      least = cycles;
      best = region;
    }
  }
  plan.regions = {best};
}

} // namespace

std::vector<Plan> masked_depthwise_plans(const Problem &problem, const Platform &platform) {
  if (!applies(problem, platform.target))
    return {};
  Plan plan = empty_plan(Algorithm::depthwise);
  plan.vector_axis = VectorAxis::width;
  // Of strides all rows' vectors would wait in registers, pixels innermost.
  plan.depthwise().window = {.skip_rows = true,
                             .skip_columns = true,
                             .taps_innermost = problem.width().stride > 1,
                             .unroll_s = true,
                             .unroll_r = true};
  share_channels(plan, problem);
  std::vector<Plan> plans;
  for (int lanes = vector_lanes(platform.target); lanes >= least_lanes; lanes /= 2) {
    choose_rows(plan, problem, platform, lanes);
    if (plan.regions.front().tile_h > 0)
      plans.push_back(plan);
  }
  return plans;
}

void check_masked_rows(const Plan &plan, const Problem &shape, const Target &target) {
  const Window &window = plan.window();
  expect(
      applies(shape, target), "skip_columns", "true",
      "false: vectors along rows are masked in f32 NCHW, of small windows and strides with zeros around the "
      "image, on x86");
  expect(window.skip_rows && window.unroll_s && window.unroll_r && !window.padded_copy, "skip_columns",
         "true", "with vectors along rows skip_rows, unroll_s and unroll_r, and no copy");
  expect(plan.regions.size() == 1 && plan.regions.front().block == 1 && !plan.regions.front().unroll_tiles,
         "regions", tiles_in_words(plan), "one of tiles of one channel");
  expect(fits(shape, plan.regions.front()), "regions", tiles_in_words(plan),
         "tiles of which the first and the last alone reach beside the image, and whose code is small");
  expect(plan.channels_of_rows() > 0, "blocks_per_chunk", "0", "1 or more");
}

} // namespace convforge
