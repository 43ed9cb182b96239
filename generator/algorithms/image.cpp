#include "algorithms/image.hpp"

#include "algorithms/padding.hpp"
#include "algorithms/tensor_dims.hpp"
#include "base/integer.hpp"

#include "plan/column_phases.hpp"
#include "plan/dot_runs.hpp"
#include "plan/fused_pixels.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::RDom;

constexpr int most_ends = 8; // zeros of a row that are written one by one

/// Adds a stage that writes `length` elements of every row from `first` on, each the value of `element(j)`.
template <typename Element>
void add_copy(Image &image, int first, int length, const Element &element) {
  if (length <= 0)
    return;
  RDom span(0, length, "span");
  image.padded(first + span, image.q, image.y, image.z, image.n) = element(span);
  image.copies.push_back({static_cast<int>(image.copies.size()), span.x, length});
}

/// The same of `pixels` pixels from the one that begins at `first` on, `element(channel, pixel)` each: no
/// vector reaches from one pixel to the next, as in the input others' elements may lie between them.
template <typename Element>
void add_pixel_copy(Image &image, int first, int channel, int length, int pixels, const Element &element) {
  if (length <= 0 || pixels <= 0)
    return;
  RDom span(0, length, 0, pixels, "span");
  image.padded(first + span.y * image.pitch + channel + span.x, image.q, image.y, image.z, image.n) =
      element(channel + span.x, span.y);
  image.copies.push_back({static_cast<int>(image.copies.size()), span.x, length, CopyOf::pixels});
}

/// The same as whole vectors, the last of which begins as early as it must, with what stands before and
/// behind them, `beside(j)`, in one more stage: rows of NCHW are short, and each stage is a loop over them.
template <typename Element, typename Beside>
void add_row_in_vectors(Image &image, int left, int length, int right, int lanes, const Element &element,
                        const Beside &beside) {
  RDom span(0, lanes, 0, ceil_div(length, lanes), "span");
  const Expr column = min(span.y * lanes, length - lanes) + span.x;
  image.padded(left + column, image.q, image.y, image.z, image.n) = element(column);
  image.copies.push_back({static_cast<int>(image.copies.size()), span.x, lanes, CopyOf::vectors});
  if (left + right == 0)
    return;
  RDom ends(0, left + right, "ends");
  const Expr j = select(ends < left, ends, ends + length);
  image.padded(j, image.q, image.y, image.z, image.n) = beside(j);
  image.copies.push_back({static_cast<int>(image.copies.size()), ends.x, left + right, CopyOf::ends});
}

/// Does any tap of an output read columns of this phase of the stride?
bool is_read(const Axis &axis, int phase) {
  for (int tap = 0; tap < axis.kernel; tap++)
    if (tap * axis.dilation % axis.stride == phase)
      return true;
  return false;
}

/// The row of the input, among those of all depths, that a row of the copy is made from. Where tasks
/// rearrange the input and pad it with its own elements, the rows of padding are there.
Expr source_row(const Image &image, const Problem &problem) {
  const PaddingMode mode = problem.pads_with();
  const Expr row = image.y - problem.height().pad_begin;
  const bool there = mode != PaddingMode::zeros && image.input.rearranged.defined();
  return image.row(there ? row : padded_from(problem.height(), mode, row),
                   padded_from(problem.depth(), mode, image.z - image.front));
}

/// What stands beside the input in the copy: of one phase of the stride, pixels `first` to `first + pixels`.
class Sides {
public:
  /// `row`, `n`: of the input, that are copied.
  Sides(Image &image, const Problem &problem, const Expr &row, const Expr &n, int lanes)
      : image_(image), width_(problem.width()), mode_(problem.pads_with()), row_(row), n_(n), lanes_(lanes),
        multiplier_(image.expanded ? problem.group_out() : 1) {}

  void add(int phase, int first, int pixels) {
    const int start = (phase * image_.phase_columns + first) * image_.pitch;
    if (mode_ == PaddingMode::zeros) {
      const int length = pixels * image_.pitch, whole = length / lanes_ * lanes_;
      const auto zero = [&](const RDom &) { return image_.staging.outside(); };
      add_copy(image_, start, whole, zero);
      add_copy(image_, start + whole, length - whole, zero);
    } else if (image_.channels_last) {
      const auto element = [&](const Expr &channel, const Expr &pixel) {
        return at(channel / multiplier_, phase, first + pixel);
      };
      const int whole = image_.pitch / lanes_ * lanes_;
      add_pixel_copy(image_, start, 0, whole, pixels, element);
      add_pixel_copy(image_, start, whole, image_.pitch - whole, pixels, element);
    } else {
      add_copy(image_, start, pixels, [&](const RDom &span) { return at(image_.q, phase, first + span); });
    }
  }

  /// An element of a pixel of them.
  Expr at(const Expr &channel, int phase, const Expr &pixel) const {
    if (mode_ == PaddingMode::zeros)
      return image_.staging.outside();
    const Expr column = pixel * image_.phases + phase - width_.pad_begin;
    return image_.staging.of(image_.element(channel, padded_from(width_, mode_, column), row_, n_));
  }

private:
  Image &image_;
  const Axis &width_;
  PaddingMode mode_;
  Expr row_, n_;
  int lanes_, multiplier_;
};

/// What stands beside the input and its own elements, as stages of whole vectors followed by stages of what
/// remains: a constant remainder costs nothing, a guarded vector costs a branch per element. Columns a stride
/// apart lie side by side, one phase of the stride after the other.
void define_padded(Image &image, const Problem &problem, const Expr &multiplier, int lanes) {
  const Axis &h = problem.height(), &w = problem.width();
  const int padded_width = w.window(w.output);
  const int left = std::min(w.pad_begin, padded_width);
  const int right = left + std::clamp(padded_width - left, 0, w.input); // the first column after the input

  const Expr row = image.y - h.pad_begin;
  Expr inside = row >= 0 && row < h.input;
  if (problem.types.quantised()) { // what lies before and behind the image counts, too
    const Expr plane = image.z - image.front;
    inside = inside && plane >= 0 && plane < image.planes;
  }
  // A copy of several images may be one of fewer at the end.
  const Expr n = image.several ? min(image.n, problem.batch - 1) : Expr(image.n);
  const Expr nearest = source_row(image, problem);
  if (problem.pads_with() != PaddingMode::zeros)
    inside = Halide::Internal::const_true();
  Sides sides(image, problem, nearest, n, lanes);
  image.padded(image.j, image.q, image.y, image.z, image.n) = undef(image.staging.type());

  const auto pieces = [&](int first, int length, const auto &element) {
    const int whole = length / lanes * lanes;
    add_copy(image, first, whole, [&](const RDom &span) { return element(span, 0); });
    add_copy(image, first + whole, length - whole, [&](const RDom &span) { return element(span, whole); });
  };
  for (int phase = 0; phase < image.phases; phase++) {
    if (image.phases > 1 && !is_read(w, phase))
      continue;
    const auto columns_before = [&](int end) { return ceil_div(std::max(0, end - phase), image.phases); };
    const int first = phase * image.phase_columns, begin = columns_before(left), end = columns_before(right);
    const int column = begin * image.phases + phase - left; // the input's that is copied first
    const int copied_pixels = end - begin;
    const int zeros = columns_before(padded_width) - copied_pixels;
    if (!image.channels_last && image.phases == 1 && copied_pixels >= lanes && zeros <= most_ends) {
      add_row_in_vectors(
          image, begin, copied_pixels, zeros - begin, lanes,
          [&](const Expr &j) {
            return select(inside, image.staging.of(image.element(image.q, column + j, nearest, n)),
                          image.staging.outside());
          },
          [&](const Expr &j) { return sides.at(image.q, 0, j); });
      continue;
    }
    sides.add(phase, 0, begin);
    const auto in_rows = [&](const Expr &value) {
      return select(inside, image.staging.of(value), image.staging.outside());
    };
    if (image.lies_in_pixels(problem)) {
      const auto element = [&](const Expr &channel, const Expr &pixel) {
        return in_rows(image.element(channel / multiplier, column + pixel, nearest, n));
      };
      const int start = (first + begin) * image.pitch, whole = image.pitch / lanes * lanes;
      add_pixel_copy(image, start, 0, whole, copied_pixels, element);
      add_pixel_copy(image, start, whole, image.pitch - whole, copied_pixels, element);
    } else {
      pieces((first + begin) * image.pitch, copied_pixels * image.pitch, [&](const RDom &span, int from) {
        const Expr j = (from + span) / multiplier * image.phases + column;
        return in_rows(image.input.parameter(j, image.q, nearest, n));
      });
    }
    sides.add(phase, end, columns_before(padded_width) - end);
  }
}

/// Pixels without zeros around them, for the sake of their type: as many as are asked for. Where others'
/// elements lie between them, each is copied by itself.
void define_converted(Image &image, int lanes) {
  const Expr row = image.row(image.y, image.z);
  if (!image.by_pixel) {
    image.padded(image.j, image.q, image.y, image.z, image.n) =
        image.staging.of(image.input.parameter(image.j, image.q, row, image.n));
    return;
  }
  image.padded(image.j, image.q, image.y, image.z, image.n) = undef(image.staging.type());
  const int whole = image.pitch / lanes * lanes;
  const auto copy = [&](int first, int length) {
    add_copy(image, first, length, [&](const RDom &span) {
      return image.staging.of(image.element(first + span, image.q, row, image.n));
    });
  };
  copy(0, whole);
  copy(whole, image.pitch - whole);
}

/// Are the pixels of a pointwise copy copied one by one: do dot products reach beyond one, or its channels
/// lie apart?
bool dots_want_pixels(const Problem &problem, const Plan &plan) {
  return problem.types.quantised() &&
         (problem.layout == Layout::nchw || pixel_pitch(problem, plan) != problem.in_channels);
}

} // namespace

Image make_image(const Problem &problem, const Plan &plan, const Input &input, int lanes) {
  Image image;
  image.input = input;
  image.staging = make_staging(problem, plan);
  image.input_channels_last = problem.layout == Layout::nhwc;
  image.channels_last = image.input_channels_last || problem.types.quantised();
  image.expanded = plan.window().padded_copy && plan.channelwise() && image.channels_last;
  const int multiplier = image.expanded ? problem.group_out() : 1;
  image.pitch = image.channels_last ? problem.in_channels * multiplier : 1;
  image.skipping = plan.window().skip_rows || plan.window().skip_columns;
  image.pads_in_place = pads_in_registers(plan);
  image.rows = problem.height().input;
  image.columns = problem.width().input;
  image.input_pitch = static_cast<int>(problem.input_strides().w);
  image.row_elements =
      (problem.width().input - 1) * image.input_pitch + (image.channels_last ? problem.in_channels : 1);
  image.several = plan.fuses_pixels() && fuses_images(problem, plan);
  image.planes = problem.depth().input;
  image.plane_rows = plane_rows(problem);
  image.front = problem.depth().pad_begin;
  image.left = problem.width().pad_begin;
  image.top = problem.height().pad_begin;
  if (plan.window().padded_copy) {
    image.phases = column_phases(problem, plan);
    const int columns = problem.width().window(problem.width().output);
    image.phase_columns = ceil_div(columns, image.phases);
    image.padded = Halide::Func("padded");
    if (plan.copies_rows()) {
      define_padded(image, problem, multiplier, lanes);
    } else {
      image.by_pixel =
          image.channels_last && (image.input_pitch != image.pitch || dots_want_pixels(problem, plan));
      define_converted(image, lanes);
    }
  }
  return image;
}

} // namespace convforge
