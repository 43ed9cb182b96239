#include "planner/winograd/winograd_scratch.hpp"

#include "base/integer.hpp"
#include "planner/winograd/winograd_shape.hpp"
#include "planner/words.hpp"

#include <fmt/format.h>

namespace convforge {

Scratch point_buffer(std::size_t elements, int points, const std::string &counts) {
  return accumulators_kept(elements * points, fmt::format("{} points x {}", points, counts));
}

namespace {

/// How many tasks share a transform of all threads' input: a loop of one is none.
int transform_tasks(const Plan &plan, const Problem &problem, const WinogradShape &shape) {
  return shape.tiles_in_any_order ? ceil_div(problem.group_in(), plan.winograd().input_lanes)
                                  : shape.tiles_per_task / shape.tiles_across;
}

} // namespace

std::vector<Scratch> winograd_scratch(const Plan &plan, const Problem &problem, bool shared) {
  const WinogradShape shape = winograd_shape(problem, plan);
  const auto [tiles, channels] = shape.input_room;
  const auto [product_tiles, block] = shape.product_room;
  const int columns = shape.columns * shape.rows_together * plan.winograd().images_per_task;
  const int lanes = plan.winograd().input_lanes;
  const Scratch input = point_buffer(
      std::size_t(tiles) * channels, shape.points(),
      fmt::format("{} x {} of transformed input", counted(tiles, "tile"), counted(channels, "channel")));
  const Scratch row =
      point_buffer(std::size_t(columns) * lanes, shape.points_y,
                   fmt::format("{} x {} of {}", counted(columns, "column"), counted(lanes, "channel"),
                               shape.rows_together > 1 ? "transformed rows" : "a transformed row"));
  const Scratch products = point_buffer(
      std::size_t(product_tiles) * block, shape.points(),
      fmt::format("{} x {} of products", counted(product_tiles, "tile"), counted(block, "channel")));
  const Scratch &larger = row.bytes > products.bytes ? row : products;
  if (plan.parallel == ParallelAxis::channels && transform_tasks(plan, problem, shape) == 1)
    return {shared ? both(input, row) : products};
  if (plan.parallel == ParallelAxis::channels)
    return {shared ? input : larger};
  return {both(input, larger)};
}

} // namespace convforge
