#include "planner/quantised/quantised_scratch.hpp"

#include "base/integer.hpp"
#include "convforge/convforge.h"
#include "plan/dot_runs.hpp"
#include "plan/pointwise.hpp"
#include "planner/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {

namespace {

std::size_t operand_bytes(const Plan &plan) {
  return bytes_of(operands_of(plan.dot).input);
}

Scratch operands_kept(const Plan &plan, std::size_t elements, const std::string &counts) {
  const std::size_t bytes = operand_bytes(plan) * elements;
  return {round_up(bytes, std::size_t{CONVFORGE_ALIGNMENT}),
          fmt::format("{} x {}{}", operand_bytes(plan), counts,
                      bytes % CONVFORGE_ALIGNMENT == 0 ? "" : ", rounded up to 64")};
}

/// Of a task: all rows where tasks are channels.
struct TaskExtent {
  int rows, planes;
};

TaskExtent task_extent(const Plan &plan, const Problem &problem, const Region &region) {
  const bool whole = plan.parallel == ParallelAxis::channels;
  const int rows = whole ? problem.height().output
                         : std::min(problem.height().output, round_up(plan.rows_per_task, region.tile_h));
  return {problem.height().window(rows), problem.depth().window(whole ? problem.depth().output : 1)};
}

std::string planes_in_words(int planes) {
  return planes > 1 ? fmt::format("{} planes x ", planes) : "";
}

Scratch staged_copy(const Plan &plan, const Problem &problem, const Region &region) {
  const TaskExtent task = task_extent(plan, problem, region);
  const int width = problem.width().window(problem.width().output);
  const int channels = problem.in_channels * (plan.channelwise() ? problem.group_out() : 1);
  const DotRuns runs = dot_runs(problem, plan);
  const int behind = plan.channelwise() ? 0 : runs.dots * operands_of(plan.dot).elements - runs.elements;
  const std::size_t row = std::size_t(width) * channels + behind;
  return operands_kept(plan, std::size_t(task.planes) * task.rows * row,
                       fmt::format("{}{} rows x {}{} columns x {} channels{} of the input",
                                   planes_in_words(task.planes), task.rows, behind > 0 ? "(" : "", width,
                                   channels, behind > 0 ? fmt::format(" + {})", behind) : ""));
}

Scratch side_by_side_copy(const Plan &plan, const Problem &problem, const Region &region) {
  const TaskExtent task = task_extent(plan, problem, region);
  const int elements = operands_of(plan.dot).elements, columns = columns_side_by_side(problem, plan);
  return operands_kept(plan, std::size_t(task.planes) * task.rows * columns * region.block * elements,
                       fmt::format("{}{} rows x {} columns x {} channels x {} taps side by side",
                                   planes_in_words(task.planes), task.rows, columns, region.block, elements));
}

} // namespace

std::vector<Scratch> staged_copies(const Plan &plan, const Problem &problem, bool /*shared*/) {
  std::vector<Scratch> copies;
  for (const Region &region : plan.regions)
    if (plan.window().padded_copy)
      copies.push_back(staged_copy(plan, problem, region));
  return copies;
}

std::vector<Scratch> staged_pixels(const Plan &plan, const Problem &problem, bool /*shared*/) {
  const Problem shape = fuse_pixels(problem);
  std::vector<Scratch> copies;
  for (const Region &region : plan.regions) {
    const int most = pixels_of_task(plan, shape, region);
    if (plan.window().padded_copy)
      copies.push_back(operands_kept(plan, std::size_t(most) * pixel_pitch(shape, plan),
                                     fmt::format("{} x {} of converted input", counted(most, "pixel"),
                                                 counted(pixel_pitch(shape, plan), "channel"))));
  }
  return copies;
}

std::vector<Scratch> side_by_side_copies(const Plan &plan, const Problem &problem, bool /*shared*/) {
  std::vector<Scratch> copies;
  if (!plan.window().padded_copy)
    return copies;
  for (const Region &region : plan.regions) {
    const Scratch staged = staged_copy(plan, problem, region);
    copies.push_back(taps_in_workspace(plan) ? both(staged, side_by_side_copy(plan, problem, region))
                                             : staged);
  }
  return copies;
}

} // namespace convforge
