#include "planner.hpp"

#include "algorithms/pointwise.hpp"
#include "error.hpp"
#include "machine.hpp"
#include "tiles.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {

namespace {

constexpr long parallel_multiply_adds =
    200'000;                     // some 3 us of work on one core: less is not worth a hand-over
constexpr int tasks_wanted = 16; // enough to even out 8 threads

bool needs_padding(const Problem &problem) {
  const auto needed = [](const Axis &axis) { return axis.pad_begin > 0 || axis.pad_end > 0; };
  return needed(problem.height) || needed(problem.width);
}

Algorithm choose_algorithm(const Problem &problem, const std::string &wanted) {
  if (wanted == "auto") {
    return problem.depthwise()     ? Algorithm::depthwise
           : is_pointwise(problem) ? Algorithm::pointwise
                                   : Algorithm::direct;
  }
  for (const Algorithm algorithm : {Algorithm::direct, Algorithm::pointwise, Algorithm::depthwise}) {
    if (wanted != name_of(algorithm)) {
      continue;
    }
    if (algorithm == Algorithm::pointwise && !is_pointwise(problem)) {
      fail("algorithm", wanted, "direct or auto: pointwise needs a 1x1 kernel, stride 1 and no padding");
    }
    if (algorithm == Algorithm::depthwise && !problem.depthwise()) {
      fail("algorithm", wanted,
           "direct or auto: depthwise needs as many groups as input channels, and more than one");
    }
    return algorithm;
  }
  fail("algorithm", wanted, "auto, direct, pointwise or depthwise");
}

long weight_bytes(const Problem &problem) {
  return 4L * problem.out_channels * problem.group_in() * problem.height.kernel * problem.width.kernel;
}

/// Bytes of input that one output row needs, per row of input.
long row_bytes(const Problem &problem) {
  const long columns = (problem.width.output - 1L) * problem.width.stride + problem.width.extent();
  return 4L * columns * std::max(problem.in_channels, problem.depthwise() ? problem.out_channels : 0);
}

/// Splits the output into tasks: rows (columns where there is one row) of pixels whose input stays in half of
/// L2, or, for small images under many weights, blocks of output channels, so that no weight is read twice.
void choose_tasks(Plan &plan, const Problem &problem, const Target &target) {
  const int height = problem.height.output, width = problem.width.output;
  const bool small = problem.multiply_adds() < parallel_multiply_adds;
  int blocks = 0;
  for (const Region &region : plan.regions) {
    blocks += region.blocks() * (plan.algorithm == Algorithm::depthwise ? 1 : problem.groups);
  }
  plan.rows_per_task = height;
  plan.columns_per_task = width;
  const long pixels_bytes = row_bytes(problem) * height;
  if (!small && blocks >= 4 && weight_bytes(problem) > pixels_bytes &&
      weight_bytes(problem) > l2_bytes(target)) {
    plan.parallel = ParallelAxis::channels;
    return;
  }
  plan.parallel = small ? ParallelAxis::none : ParallelAxis::pixels;
  const long budget = l2_bytes(target) / 2;
  const int wanted = small ? 1 : std::max(1, tasks_wanted / problem.batch);
  if (height == 1 && !plan.padded_copy) {
    const int fits = static_cast<int>(std::max(1L, budget / std::max(1L, row_bytes(problem) / width)));
    plan.columns_per_task = std::min({width, fits, (width + wanted - 1) / wanted});
  } else {
    const int fits = static_cast<int>(std::max(1L, budget / (row_bytes(problem) * problem.height.stride)));
    plan.rows_per_task = even_piece(height, std::min(fits, (height + wanted - 1) / wanted));
  }
}

/// Enough multiply-adds in an iteration of the innermost loop that its two instructions of control do not
/// show.
void choose_unrolling(Plan &plan, const Problem &problem) {
  if (plan.algorithm == Algorithm::depthwise) {
    plan.unroll_s = problem.width.kernel <= 9;
    plan.unroll_r = plan.unroll_s && problem.height.kernel * problem.width.kernel <= 25;
    return;
  }
  const Region &region = plan.regions.front();
  const int vectors = (plan.vector_axis == VectorAxis::channel ? region.block : region.tile_w) / region.lanes;
  const int scalars = plan.vector_axis == VectorAxis::channel ? region.tile_w * region.tile_h : region.block;
  const int channels = problem.group_in();
  for (const int unroll : {1, 2, 3, 4}) {
    if (channels % unroll == 0 && (plan.unroll_c == 1 || vectors * scalars * plan.unroll_c < 24)) {
      plan.unroll_c = unroll;
    }
  }
}

/// The register tile of every region.
std::string tiles_in_words(const Plan &plan) {
  std::string text;
  for (const Region &region : plan.regions) {
    text += fmt::format("{}{} output channel{} x {}x{} pixels", text.empty() ? "" : ", ", region.block,
                        region.block == 1 ? "" : "s", region.tile_h, region.tile_w);
    if (plan.regions.size() > 1) {
      text += fmt::format(" (channels {} to {})", region.first_channel,
                          region.first_channel + region.channels - 1);
    }
  }
  return text + " in registers";
}

std::string explain_choice(const Plan &plan, const Problem &problem, double cycles, bool asked_for) {
  const char *because = asked_for                                ? "asked for"
                        : plan.algorithm == Algorithm::depthwise ? "one input channel per output channel"
                        : plan.algorithm == Algorithm::pointwise
                            ? "1x1 kernel, stride 1, no padding: all pixels in one row"
                            : "a general filter window";
  std::string why = fmt::format("{} ({}); {}", name_of(plan.algorithm), because, tiles_in_words(plan));
  if (cycles > 0) {
    why +=
        fmt::format(", predicted {:.2g} multiply-adds per cycle", double(problem.multiply_adds()) / cycles);
  }
  return why;
}

} // namespace

std::string name_of(Algorithm algorithm) {
  switch (algorithm) {
  case Algorithm::direct:
    return "direct";
  case Algorithm::pointwise:
    return "pointwise";
  case Algorithm::depthwise:
    return "depthwise";
  }
  return "unknown";
}

Plan make_plan(const Problem &problem, const Target &target, const std::string &algorithm) {
  problem.validate();
  Plan plan;
  plan.algorithm = choose_algorithm(problem, algorithm);
  const Problem shape = plan.algorithm == Algorithm::pointwise ? fuse_pixels(problem) : problem;
  const bool depthwise = plan.algorithm == Algorithm::depthwise;
  const Tiling tiling = depthwise ? depthwise_tiles(shape, target) : direct_tiles(shape, target);
  plan.vector_axis = tiling.vector_axis;
  plan.regions = tiling.regions;
  const bool multiplied = depthwise && problem.group_out() > 1 && problem.layout == Layout::nhwc;
  plan.padded_copy = needs_padding(shape) || multiplied;
  choose_tasks(plan, shape, target);
  choose_unrolling(plan, shape);
  plan.why = explain_choice(plan, shape, tiling.cycles, algorithm != "auto");
  return plan;
}

} // namespace convforge
