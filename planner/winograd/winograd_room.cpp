#include "planner/winograd/winograd_room.hpp"
#include "base/integer.hpp"

#include "planner/platform.hpp"
#include "planner/tiles.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace convforge {

namespace {

constexpr int l1_sets = 64; // 32 KB of 8 ways, 48 KB of 12; ARM's have more

/// What a cache line of channels more is not worth: 64 channels at 56x56 run as fast with 3 points in a set
/// as with one, 256 at 14x14 took 372 us with 9, 323 with one (measured on Zen 5).
constexpr int few_points_in_a_set = 3;
/// Tiles cost less room: 512 channels at 7x7 (4 tiles) are 2 % slower with 3 points in a set than with one.
constexpr int most_tiles_more = 3;

} // namespace

int points_in_a_set(int points, long bytes) {
  if (bytes % line_bytes == 0) { // every gcd-th set in turn; the planner asks thousands of times
    const long sets = l1_sets / std::gcd<long>(bytes / line_bytes, l1_sets);
    return ceil_div(points, static_cast<int>(sets));
  }
  std::array<int, l1_sets> lines{};
  for (long point = 0; point < points; point++)
    lines[point * bytes / line_bytes % l1_sets]++;
  return std::ranges::max(lines);
}

namespace {

/// What transforms and products are kept in.
constexpr ElementType summed = ElementTypes{}.accumulator();

int meeting(int points, const PanelRoom &room) {
  return points_in_a_set(points, long(bytes_of(summed)) * room.tiles * room.channels);
}

/// With no, one, two or three tiles more, whichever has the fewest points in a set; the least room of equals.
PanelRoom with_more_tiles(int points, PanelRoom room) {
  PanelRoom best = room;
  int fewest = meeting(points, room);
  for (int more = 0; more < most_tiles_more && fewest > 1; more++) {
    room.tiles++;
    if (const int met = meeting(points, room); met < fewest)
      best = room, fewest = met;
  }
  return best;
}

} // namespace

PanelRoom input_room(int points, int tiles, int channels, int lanes) {
  // A vector of a whole line that lies across two takes two stores: 100 to 50 channels at 13x37 took 95 us,
  // 92 with 112; 60 at 40x40 150 and 145 with 64.
  const int whole = ceil_div(channels, lanes) * lanes;
  const int stored = lanes == line_elements(summed) && 8 * (whole - channels) <= channels ? whole : channels;
  const PanelRoom room = with_more_tiles(points, {tiles, stored});
  if (meeting(points, room) <= few_points_in_a_set || stored % line_elements(summed) != 0)
    return room;
  return with_more_tiles(points, {tiles, stored + line_elements(summed)});
}

PanelRoom product_room(int points, int tiles, int block) {
  return with_more_tiles(points, {tiles, block});
}

} // namespace convforge
