#include "schedules/lane_sums.hpp"

namespace convforge {

namespace {

using Halide::Func;
using Halide::MemoryType;
using Halide::Stage;

/// The elements of a dot product are innermost, a vector beside the lanes.
void take_elements(Stage &update, const Convolution &conv) {
  const Halide::RVar &i = conv.taps[4];
  update.reorder({i, conv.lane});
  update.atomic().vectorize(i);
}

} // namespace

Stage schedule_lane_sums(Convolution &conv, const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const Halide::Var &lane = conv.lane;
  const auto &[c, s, r, t] = Taps(conv.taps);
  for (Func *func : {&conv.partial, &conv.sum}) {
    func->store_in(MemoryType::Stack);
    func->bound_extent(b, region.channels).bound_extent(x, region.tile_w).bound_extent(y, region.tile_h);
  }
  const auto fill = [&](auto stage) { stage.vectorize(lane).unroll(k).unroll(b).unroll(x).unroll(y); };
  conv.partial.reorder(lane, k, b, x, y, g, z, n);
  fill(Stage(conv.partial));
  Stage update = conv.partial.update();
  update.reorder({lane, k, b, x, y, c, s, r, t, g, z, n});
  constexpr int of_floats = 4;
  if (conv.taps.dimensions() > of_floats)
    take_elements(update, conv);
  fill(update);
  conv.sum.unroll(k).unroll(b).unroll(x).unroll(y);
  Stage add = conv.sum.update();
  add.reorder({conv.lanes.x, k, b, x, y, g, z, n});
  add.atomic().vectorize(conv.lanes.x).unroll(k).unroll(b).unroll(x).unroll(y);
  return update;
}

} // namespace convforge
