// Where Winograd's panels lie: the room that they take, so that the points of a tile are spread over the
// cache.
#pragma once

namespace convforge {

/// A point's panel as it is laid out: tiles x channels, no fewer than are computed.
struct PanelRoom {
  int tiles = 1, channels = 1;
};

/// Cache lines in the fullest set of L1 where `points` of them begin `bytes` after one another.
int points_in_a_set(int points, long bytes);

/// Room for the transformed inputs of `tiles` tiles, and for their products. A tile's points are one panel
/// apart, and a transform stores or loads all of them in a row: where the panel is near a multiple of a large
/// power of two, they meet in a few sets of L1. A few tiles more spread them, or where those do not a cache
/// line of input channels. Input channels take whole vectors where a vector is a line and that is at most an
/// eighth more.
PanelRoom input_room(int points, int tiles, int channels, int lanes);
PanelRoom product_room(int points, int tiles, int block);

} // namespace convforge
