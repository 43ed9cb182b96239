#include "planner/words.hpp"

#include <fmt/format.h>

namespace convforge {

std::string counted(int count, const char *noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string pixel_tile_in_words(const Plan &plan, const Region &region) {
  switch (plan.vector_axis) {
  case VectorAxis::channel:
    return fmt::format("{}x{} pixels x {} of {} channels", region.tile_h, region.tile_w,
                       counted(region.block / region.lanes, "vector"), region.lanes);
  case VectorAxis::width:
    return fmt::format("{} x {} of {} pixels", counted(region.block, "channel"),
                       counted(region.tile_w / region.lanes, "vector"), region.lanes);
  case VectorAxis::input_channel:
    break;
  }
  return fmt::format("{}x{} pixels x {}, vectors of {} input channels", region.tile_h, region.tile_w,
                     counted(region.channels, "channel"), region.lanes);
}

std::string pixel_task_in_words(const Plan &plan, const Problem & /*problem*/) {
  return fmt::format("blocks of {} output rows x {} columns", plan.rows_per_task, plan.columns_per_task);
}

} // namespace convforge
