// How an Image is read: from its copy, where the caller's tensor lies, or with padding found as it is read.
#include "algorithms/image.hpp"

namespace convforge {

using Halide::Expr;

bool Image::lies_in_pixels(const Problem &problem) const {
  return channels_last &&
         (input.rearranged.defined() || !input_channels_last || input_pitch != problem.in_channels);
}

Expr Image::element(const Expr &channel, const Expr &column, const Expr &row, const Expr &n) const {
  if (input.rearranged.defined())
    return input.rearranged(channel, column, row, n);
  return input_channels_last ? input.parameter(column * input_pitch + channel, 0, row, n)
                             : input.parameter(column, channel, row, n);
}

Expr Image::row(const Expr &y, const Expr &z) const {
  return planes == 1 ? y : z * plane_rows + y;
}

Expr Image::at_or_padding(const Expr &channel, const Expr &x, const Expr &y, const Expr &n) const {
  const Expr column = x - left, line = y - top;
  // Most are inside, so that Halide sets the tiles at the edges apart.
  const auto near = [](const Expr &i, int extent) { return clamp(likely(i), 0, extent - 1); };
  const Expr inside = likely(column >= 0 && column < columns && line >= 0 && line < rows);
  return select(inside, staging.of(element(channel, near(column, columns), near(line, rows), n)),
                staging.outside());
}

Expr Image::at(const Expr &channel, const Expr &x, const Expr &y, const Expr &z, const Expr &n) const {
  const Expr q = channels_last ? Expr(0) : channel;
  const auto flat = [&](const Expr &column, int step) {
    return channels_last ? column * step + channel : column;
  };
  if (padded.defined()) {
    if (by_pixel)
      return padded(channel, x, y, z, n);
    return padded(phases == 1 ? flat(x, pitch) : x % phases * phase_columns + x / phases, q, y, z, n);
  }
  if (pads_in_place)
    return at_or_padding(channel, x, y, n);
  const auto promise = [](const Expr &i, int extent) {
    return Halide::unsafe_promise_clamped(i, 0, extent - 1);
  };
  const Expr plane = promise(z - front, planes);
  const Expr line = row(skipping ? promise(y - top, rows) : y, plane);
  if (input.rearranged.defined())
    return staging.of(element(channel, skipping ? promise(x - left, columns) : x, line, n));
  const Expr j = skipping ? promise(flat(x - left, input_pitch), row_elements) : flat(x, input_pitch);
  return staging.of(input.parameter(j, q, line, n));
}

} // namespace convforge
