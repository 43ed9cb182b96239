#include "algorithms/image.hpp"
#include "algorithms/halide_type.hpp"
#include "base/integer.hpp"

#include "plan/column_phases.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::RDom;

/// Adds a stage that writes `length` elements of every row from `first` on, each the value of `element(j)`.
template <typename Element>
void add_copy(Image &image, int first, int length, const Element &element) {
  if (length <= 0) {
    return;
  }
  RDom span(0, length, "span");
  image.padded(first + span, image.q, image.y, image.n) = element(span);
  image.copies.push_back({static_cast<int>(image.copies.size()), span.x, length});
}

/// Does any tap of an output read columns of this phase of the stride?
bool is_read(const Axis &axis, int phase) {
  for (int tap = 0; tap < axis.kernel; tap++) {
    if (tap * axis.dilation % axis.stride == phase) {
      return true;
    }
  }
  return false;
}

/// The zeros and the input's own elements, as stages of whole vectors followed by stages of what remains: a
/// constant remainder costs nothing, a guarded vector costs a branch per element. Columns a stride apart lie
/// side by side, one phase of the stride after the other.
void define_padded(Image &image, const Problem &problem, const Expr &multiplier, int lanes) {
  const Axis &h = problem.height(), &w = problem.width();
  const int padded_width = (w.output - 1) * w.stride + w.extent();
  const int left = std::min(w.pad_begin, padded_width);
  const int right = left + std::clamp(padded_width - left, 0, w.input); // the first column after the input

  const Expr row = image.y - h.pad_begin;
  const Expr inside = row >= 0 && row < h.input;
  const Expr nearest = clamp(row, 0, h.input - 1);
  image.padded(image.j, image.q, image.y, image.n) = undef(halide_type(image.types.accumulator()));

  const auto pieces = [&](int first, int length, const auto &element) {
    const int whole = length / lanes * lanes;
    add_copy(image, first, whole, [&](const RDom &span) { return element(span, 0); });
    add_copy(image, first + whole, length - whole, [&](const RDom &span) { return element(span, whole); });
  };
  const auto zero = [](const RDom &, int) { return Expr(0.0f); };
  for (int phase = 0; phase < image.phases; phase++) {
    if (image.phases > 1 && !is_read(w, phase)) {
      continue;
    }
    const auto columns_before = [&](int end) { return ceil_div(std::max(0, end - phase), image.phases); };
    const int first = phase * image.phase_columns, begin = columns_before(left), end = columns_before(right);
    const int column = begin * image.phases + phase - left; // the input's that is copied first
    pieces(first * image.pitch, begin * image.pitch, zero);
    pieces((first + begin) * image.pitch, (end - begin) * image.pitch, [&](const RDom &span, int from) {
      const Expr j = (from + span) / multiplier * image.phases + column;
      return select(inside, accumulated(image.types, image.input(j, image.q, nearest, image.n)), 0.0f);
    });
    pieces((first + end) * image.pitch, (columns_before(padded_width) - end) * image.pitch, zero);
  }
}

} // namespace

Image make_image(const Problem &problem, const Plan &plan, const Halide::ImageParam &input, int lanes) {
  Image image;
  image.input = input;
  image.types = problem.types;
  image.channels_last = problem.layout == Layout::nhwc;
  image.expanded = plan.padded_copy && plan.algorithm == Algorithm::depthwise && image.channels_last;
  const int multiplier = image.expanded ? problem.group_out() : 1;
  image.pitch = image.channels_last ? problem.in_channels * multiplier : 1;
  image.skipping = plan.skip_rows || plan.skip_columns;
  image.rows = problem.height().input;
  image.row_elements = problem.width().input * (image.channels_last ? problem.in_channels : 1);
  image.left = problem.width().pad_begin;
  image.top = problem.height().pad_begin;
  if (plan.padded_copy) {
    image.phases = column_phases(problem, plan);
    const int columns = (problem.width().output - 1) * problem.width().stride + problem.width().extent();
    image.phase_columns = ceil_div(columns, image.phases);
    image.padded = Halide::Func("padded");
    if (plan.algorithm == Algorithm::pointwise) {
      image.padded(image.j, image.q, image.y, image.n) =
          accumulated(image.types, input(image.j, image.q, image.y, image.n));
    } else {
      define_padded(image, problem, multiplier, lanes);
    }
  }
  return image;
}

Expr Image::at(const Expr &channel, const Expr &x, const Expr &y, const Expr &n) const {
  const Expr q = channels_last ? Expr(0) : channel;
  const auto flat = [&](const Expr &column) { return channels_last ? column * pitch + channel : column; };
  if (padded.defined()) {
    return padded(phases == 1 ? flat(x) : x % phases * phase_columns + x / phases, q, y, n);
  }
  if (!skipping) {
    return accumulated(types, input(flat(x), q, y, n));
  }
  const auto promise = [](const Expr &i, int extent) {
    return Halide::unsafe_promise_clamped(i, 0, extent - 1);
  };
  return accumulated(types, input(promise(flat(x - left), row_elements), q, promise(y - top, rows), n));
}

} // namespace convforge
