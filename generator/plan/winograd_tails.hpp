// Winograd's last row and column of tiles, where the output's extent is no multiple of a tile's outputs.
// They need fewer points (convforge_winograd_keep_outputs): at the others their inputs are zero, and so are
// their products, which need no computing. docs/winograd.md.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// Along one axis.
struct WinogradTail {
  int tiles = 1;
  int wanted = 1; ///< outputs of the last tile
  int lost = 0;   ///< points that it does not need; 0: it is like the others
  bool shorter() const { return lost > 0; }
};
WinogradTail winograd_tail(const Axis &axis, int outputs);

/// The order of an image's tiles, and which register tiles of each point's matrix product are computed.
///
/// Tiles that a point does without lie at the ends: where both axes have tails, the last column (but for the
/// corner) comes first, then the others row by row, then the corner. Points that are lost down need a prefix
/// of it, points that are lost along need what follows the last column.
class WinogradTails {
public:
  WinogradTails(const Problem &problem, const Plan &plan);

  /// Is any register tile left out? Only where all tiles of an image are one task, in whole register tiles;
  /// else all tiles are alike, and none of their points are lost.
  bool used() const { return down_.shorter() || along_.shorter(); }
  const WinogradTail &down() const { return down_; }
  const WinogradTail &along() const { return along_; }
  /// Of all images of a task: in each place of an image, one of each image after the other.
  int tiles() const { return down_.tiles * along_.tiles * images_; }
  /// Of one image, tiles of the last column before all others, and in a row of the others.
  int columns_first() const { return down_.shorter() && along_.shorter() ? down_.tiles - 1 : 0; }
  int row() const { return along_.shorter() ? along_.tiles - 1 : along_.tiles; }

  /// The first tile that register tiles of a point begin with, lost along or not.
  int first(bool lost_along) const;
  /// Register tiles from there on that are computed.
  int computed(bool lost_down, bool lost_along) const;
  /// The same for all points together.
  int computed(int points_y, int points_x) const;

private:
  WinogradTail down_, along_;
  int register_tile_ = 1, images_ = 1;
};

} // namespace convforge
