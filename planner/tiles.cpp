#include "planner/tiles.hpp"

#include <fmt/format.h>

namespace convforge {

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

} // namespace convforge
