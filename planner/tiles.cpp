#include "planner/tiles.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {

std::vector<int> divisors(int number) {
  std::vector<int> small, large;
  for (long i = 1; i * i <= number; i++) {
    if (number % i != 0)
      continue;
    if (i > 1)
      small.push_back(static_cast<int>(i));
    if (i * i < number)
      large.push_back(static_cast<int>(number / i));
  }
  small.insert(small.end(), large.rbegin(), large.rend());
  return small;
}

int largest_divisor(int number, int most) {
  int divisor = std::min(number, most);
  while (number % divisor != 0)
    divisor--;
  return divisor;
}

std::string tiles_in_words(const Plan &plan) {
  std::string text;
  for (const Region &region : plan.regions) {
    const std::string pixels = plan.fuses_pixels()
                                   ? fmt::format("{} pixels of all rows", region.tile_w)
                                   : fmt::format("{}x{} pixels", region.tile_h, region.tile_w);
    text += fmt::format("{}{} output channel{} x {}", text.empty() ? "" : ", ", region.block,
                        region.block == 1 ? "" : "s", pixels);
    if (plan.regions.size() > 1) {
      text += fmt::format(" (channels {} to {})", region.first_channel,
                          region.first_channel + region.channels - 1);
    }
  }
  return text + " in registers";
}

} // namespace convforge
