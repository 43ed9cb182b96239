// Plans for depthwise.
#include "base/integer.hpp"
#include "planner/cost.hpp"
#include "planner/depthwise/depthwise_family.hpp"
#include "planner/depthwise/depthwise_masked.hpp"
#include "planner/depthwise/depthwise_nhwc.hpp"
#include "planner/depthwise/depthwise_rows.hpp"
#include "planner/depthwise/depthwise_stream.hpp"
#include "planner/element_types.hpp"
#include "planner/platform.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace convforge {

namespace {

constexpr int least_rows = 8; // of a task that copies some rows that its neighbours copy

/// Loads per output vector: a tile reads each input element of its rows once per kernel row, and each weight
/// once.
double loads_per_output(const Problem &problem, int w, int h) {
  const Axis &height = problem.height(), &width = problem.width();
  const double rows = (h - 1) * height.stride + height.extent();
  const double columns = (w - 1) * width.stride + width.extent();
  const double taps = double(height.kernel) * width.kernel;
  return problem.depth().kernel * (std::min(rows * columns, taps * w * h) + taps) / (w * h);
}

/// The tile of pixels with the least loads, wasted pixels counted.
Region best_pixels(const Problem &problem, const Platform &platform, Region region) {
  double least = 1e300;
  const int most = platform.target.tiles.depthwise_accumulators;
  const int width = problem.width().output, height = problem.height().output;
  for (int h = 1; h <= std::min(platform.target.tiles.depthwise_rows, height); h++) {
    for (int w = 1; w <= std::min(most / h, width); w++) {
      const double wasted = double(round_up(width, w)) / width * round_up(height, h) / height;
      const double cost = wasted * (loads_per_output(problem, w, h) + 2.0 / (w * h));
      if (cost < least) {
        least = cost;
        region.tile_w = w;
        region.tile_h = h;
      }
    }
  }
  return region;
}

/// The same for vectors along a row of pixels.
Region best_vectors(const Problem &problem, const Platform &platform, Region region) {
  const int width = problem.width().output;
  region.lanes = std::min(vector_lanes(platform.target), static_cast<int>(std::bit_floor(unsigned(width))));
  region.tile_w = std::min(2, width / region.lanes) * region.lanes;
  region.tile_h = std::min(2, problem.height().output);
  return region;
}

void choose_regions(Plan &plan, const Problem &problem, const Platform &platform) {
  if (problem.layout == Layout::nchw) {
    plan.vector_axis = VectorAxis::width;
    plan.regions = {best_vectors(problem, platform, {.channels = problem.out_channels, .block = 1})};
    return;
  }
  plan.regions = depthwise_channel_regions(problem, platform.target);
  for (Region &region : plan.regions)
    region = best_pixels(problem, platform, region);
}

/// Vectors along rows: as many channels as leave half of L1 to others, a part of one where rows are long.
/// With all channels in a task, which then has few rows, 576 at 14x14 copied each row twice: 106 us, now 53
/// (Zen 3).
void choose_chunks(Plan &plan, const Problem &problem, const Platform &platform) {
  const Axis &h = problem.height(), &w = problem.width();
  const int columns = w.window(w.output);
  const double row = element_bytes(problem, plan).read * problem.depth().kernel * columns;
  const auto rows_that_fit = [&](double bytes) { return static_cast<int>(bytes / row); };
  const int rows = h.window(h.output);
  const double budget = platform.machine.l1_bytes / 2;
  const int channels = largest_divisor(problem.in_channels, std::max(1, rows_that_fit(budget) / rows));
  plan.depthwise().blocks_per_chunk = channels * problem.group_out() / plan.regions.front().block;
  plan.columns_per_task = w.output;
  const int fits = (rows_that_fit(budget) - h.extent()) / h.stride + 1;
  plan.rows_per_task = even_piece(h.output, std::clamp(fits, std::min(least_rows, h.output), h.output));
  plan.parallel = too_small_to_share(problem) ? ParallelAxis::none : ParallelAxis::pixels;
}

/// Vectors along rows of pixels, fitted to nine layers of MobileNet V2 on Zen 3 with AVX2 (960 channels at
/// 7x7 to 32 at 112x112, strides 1 and 2): loads that lie across two lines make the sums slower, those of
/// every other column more so, and each row of the copy is begun and ended by zeros.
constexpr double sums_along_rows = 1.2, strided_sums_along_rows = 3;
constexpr double cycles_per_copied_row = 6;
constexpr double copied_in_l1 = 2.5; // of what is copied in a cycle where L1 does not hold it

/// Rows that tasks copy, those that neighbours copy too among them.
double copied_rows(const Problem &problem, const Plan &plan) {
  const Axis &h = problem.height();
  const double each = double(plan.rows_per_task - 1) * h.stride + h.extent();
  return double(problem.batch) * problem.in_channels * problem.depth().output * problem.depth().kernel *
         ceil_div(h.output, plan.rows_per_task) * each;
}

double copy_cycles(const Problem &problem, const Platform &platform, const Plan &plan, double bytes) {
  if (!plan.window().padded_copy)
    return 0;
  const double cycles = bytes / platform.machine.copied_bytes_per_cycle;
  if (plan.vector_axis != VectorAxis::width)
    return cycles;
  return cycles / copied_in_l1 + copied_rows(problem, plan) * cycles_per_copied_row;
}

std::string chunk_in_words(const Plan &plan) {
  const Region &region = plan.regions.front();
  const int blocks = plan.depthwise().blocks_per_chunk;
  return blocks < region.blocks() ? fmt::format(", {} channels at a time", blocks * region.block)
                                  : ", all channels at a time";
}

/// How much longer a row takes in these tiles than in the fastest, all in L1.
double tile_slowness(const Problem &problem, const Platform &platform, const Plan &plan) {
  const bool copied = plan.window().padded_copy;
  const DepthwiseRow best =
      depthwise_row(problem, platform, {.code_bytes = depthwise_code_bytes(plan), .copy = copied});
  return depthwise_row_cycles(problem, platform, plan.regions.front().tile_w, copied) / best.cycles;
}

std::string taps_in_words(const Plan &plan, const Problem &problem) {
  const bool zeros = problem.pads_with() == PaddingMode::zeros;
  if (plan.window().padded_copy)
    return zeros ? ", a copy with zeros beside it" : ", a copy with its padding";
  if (!plan.window().skip_columns)
    return "";
  return zeros ? ", no copy: taps beside the image are left out"
               : ", no copy: taps beside the image are on its own elements";
}

} // namespace

/// Every output vector takes its multiply-adds and its share of the tile's loads; input and output pass once.
Cost depthwise_cost(const Plan &plan, const Problem &problem, const Platform &platform) {
  const double outputs = double(problem.batch) * double(problem.volume(&Axis::output)) * problem.out_channels;
  const ElementBytes each = element_bytes(problem, plan);
  const auto image = [&](double bytes) {
    return bytes * problem.batch * problem.in_channels * double(problem.volume(&Axis::input));
  };
  if (plan.masks_lanes()) {
    const double planes =
        double(problem.batch) * problem.out_channels * problem.depth().output * problem.depth().kernel;
    return {.arithmetic = planes * masked_plane_cycles(problem, platform, plan),
            .transfers = depthwise_stream_cycles(problem, platform, plan)};
  }
  const double slowness = plan.window().skip_rows ? tile_slowness(problem, platform, plan) : 1;
  const Region &region = plan.regions.front();
  const int pixels_w = plan.vector_axis == VectorAxis::channel ? region.tile_w : 1;
  const double loads = loads_per_output(problem, pixels_w, region.tile_h) / platform.machine.loads_per_cycle;
  const double multiply_adds = double(problem.volume(&Axis::kernel)) / fma_per_cycle(platform);
  const double slower = plan.vector_axis != VectorAxis::width ? 1
                        : problem.width().stride == 1         ? sums_along_rows
                                                              : strided_sums_along_rows;
  return {.arithmetic = slowness * slower * outputs / region.lanes * std::max(loads, multiply_adds),
          .transfers = depthwise_stream_cycles(problem, platform, plan),
          .copies = copy_cycles(problem, platform, plan, image(each.read) * problem.group_out()),
          .overhead = slowness * outputs / region.lanes};
}

std::vector<Candidate> depthwise_plans(const Problem &problem, const Platform &platform) {
  if (!problem.depthwise())
    return {};
  if (problem.layout == Layout::nhwc && has_depthwise_rows(platform.target)) {
    std::vector<Candidate> all;
    for (const Plan &plan : depthwise_nhwc_plans(problem, platform))
      all.push_back({plan, depthwise_cost(plan, problem, platform),
                     tiles_in_words(plan) + chunk_in_words(plan) + taps_in_words(plan, problem)});
    return all;
  }
  Plan plan = empty_plan(Algorithm::depthwise);
  choose_regions(plan, problem, platform);
  const bool multiplied = problem.group_out() > 1 && problem.layout == Layout::nhwc;
  plan.depthwise().window.padded_copy = needs_padding(problem) || multiplied;
  if (plan.vector_axis == VectorAxis::width)
    choose_chunks(plan, problem, platform);
  else
    choose_tasks(plan, problem, platform);
  choose_unrolling(plan, problem, platform.target);
  std::vector<Candidate> all{{plan, depthwise_cost(plan, problem, platform), tiles_in_words(plan)}};
  for (const Plan &masked : masked_depthwise_plans(problem, platform))
    all.push_back({masked, depthwise_cost(masked, problem, platform),
                   tiles_in_words(masked) + taps_in_words(masked, problem)});
  return all;
}

} // namespace convforge
