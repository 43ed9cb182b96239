#include "planner/winograd/winograd_shape.hpp"

#include "base/integer.hpp"
#include "plan/winograd_axis.hpp"
#include "plan/winograd_tails.hpp"

#include <fmt/format.h>

namespace convforge {

WinogradTiling winograd_tiling(const Problem &problem, const Plan &plan) {
  const WinogradPart &tiles = plan.winograd();
  WinogradTiling tiling;
  tiling.tiles_x = ceil_div(problem.width().output, tiles.outputs_w);
  tiling.tiles_y = ceil_div(problem.height().output, tiles.outputs_h);
  tiling.tiles_across = ceil_div(plan.columns_per_task, tiles.outputs_w);
  tiling.tiles_per_task = tiles.rows_per_task * tiling.tiles_across * tiles.images_per_task;
  tiling.tasks = ceil_div(tiling.tiles_y, tiles.rows_per_task) *
                 ceil_div(tiling.tiles_x, tiling.tiles_across) * problem.groups *
                 ceil_div(problem.batch, tiles.images_per_task);
  return tiling;
}

WinogradRooms winograd_rooms(const Problem &problem, const Plan &plan) {
  const int points = winograd_points(problem.height(), plan.winograd().outputs_h).points *
                     winograd_points(problem.width(), plan.winograd().outputs_w).points;
  const int tiles = winograd_tiling(problem, plan).tiles_per_task;
  const Region &region = plan.regions.front();
  return {input_room(points, tiles, problem.group_in(), region.lanes),
          product_room(points, tiles, region.block)};
}

WinogradShape winograd_shape(const Problem &problem, const Plan &plan) {
  return winograd_shape(problem, plan, winograd_rooms(problem, plan));
}

WinogradShape winograd_shape(const Problem &problem, const Plan &plan, const WinogradRooms &rooms) {
  const WinogradPart &tiles = plan.winograd();
  WinogradShape shape{winograd_tiling(problem, plan)};
  const WinogradPoints down = winograd_points(problem.height(), tiles.outputs_h);
  const WinogradPoints along = winograd_points(problem.width(), tiles.outputs_w);
  shape.points_x = along.points;
  shape.points_y = down.points;
  shape.filter_points = down.filter_points * along.filter_points;
  shape.columns = (shape.tiles_across - 1) * tiles.outputs_w * problem.width().stride + shape.points_x;
  const Region &region = plan.regions.front();
  const WinogradTails tails(problem, plan);
  shape.shorter_tails = tails.used();
  shape.tiles_in_any_order = tails.used() || tiles.images_per_task > 1;
  shape.rows_together = shape.tiles_in_any_order ? shape.tiles_y : 1;
  shape.register_tiles = tails.used() ? tails.computed(shape.points_y, shape.points_x)
                                      : shape.points() * ceil_div(shape.tiles_per_task, region.tile_w);
  shape.input_room = rooms.input;
  shape.product_room = rooms.product;
  return shape;
}

std::string winograd_task_in_words(const Plan &plan, const Problem &problem) {
  const WinogradTiling tiling = winograd_tiling(problem, plan);
  if (tiling.tiles_across < tiling.tiles_x)
    return fmt::format("{} of a row's {} tiles", tiling.tiles_across, tiling.tiles_x);
  const int rows = plan.winograd().rows_per_task, images = plan.winograd().images_per_task;
  return fmt::format("{} row{} of tiles{}", rows, rows == 1 ? "" : "s",
                     images == 1 ? "" : fmt::format(" of {} images", images));
}

} // namespace convforge
