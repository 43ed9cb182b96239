// Pooling behind the epilogue: what is stored is the largest or the average of a window of what the epilogue
// gives, which is itself never stored. benchdnn's names: max, avg_np (padding is no part of the average),
// avg_p (padding counts as zeros; ONNX's count_include_pad).
#pragma once

#include "spatial_axis.hpp"

#include <array>
#include <string>
#include <string_view>

namespace convforge {

enum class PoolingKind { none, max, avg_np, avg_p };

struct Pooling {
  /// Of a window along an axis: what is written out in a kernel's loop is its square.
  static constexpr int most_taps = 8;

  PoolingKind kind = PoolingKind::none;
  /// Their inputs are the outputs of the convolution's axes, in the order of Problem::axes. Axis{} along a
  /// depth, which is not pooled.
  std::array<Axis, 3> axes;

  Axis &height() { return axes[1]; }
  Axis &width() { return axes[2]; }
  const Axis &height() const { return axes[1]; }
  const Axis &width() const { return axes[2]; }
  /// Of 1-D problems, and of images of one row: no field of the height is said.
  bool one_row() const { return height() == Axis{}; }
  bool operator==(const Pooling &) const = default;
};

/// Pooled outputs that are computed together: pooling_patches.hpp.
struct PooledPatch {
  int rows = 0, columns = 0;
  bool operator==(const PooledPatch &) const = default;
};

struct Problem;
std::string_view name_of(PoolingKind kind);
PoolingKind parse_pooling_kind(std::string_view text); ///< the inverse; throws Error listing the names

/// "max:kh3sh2ph1": the kind, and the window in a descriptor's words, whose width is its height where no
/// field of it is given. "": none. Throws Error.
Pooling parse_pooling(std::string_view text, const Problem &problem);
/// The inverse, with every field; "" of none.
std::string text_of(const Pooling &pooling);

/// The convolution alone: what the epilogue gives is stored, in a dense tensor.
Problem unpooled(const Problem &problem);
/// The problem whose axes' outputs are those that are stored: the pooled ones, if there is a pooling.
Problem with_stored_outputs(const Problem &problem);

/// Throws Error unless the pooling fits what the problem's convolution gives.
void check_pooling(const Problem &problem);

} // namespace convforge
