#include "algorithms/winograd/winograd_down.hpp"

#include "algorithms/halide_type.hpp"
#include "algorithms/padding.hpp"
#include "algorithms/tensor_dims.hpp"
#include "algorithms/tile_output.hpp"
#include "algorithms/winograd/winograd_parts.hpp"
#include "plan/packed_type.hpp"
#include "plan/pooled_tiles.hpp"

namespace convforge {

namespace {

using Halide::Expr;
using Halide::ImageParam;

/// The transformed row, in stages as Image's padded copy is made: zeros, whole vectors of the input, what
/// remains of it, zeros. A vector that lay across an edge would be gathered an element at a time.
class TransformedRow {
public:
  TransformedRow(WinogradDown &w, const Problem &problem, const Plan &plan, const Input &input)
      : w_(w), problem_(problem), plan_(plan), input_(input),
        down_(winograd_axis(problem.height(), plan.winograd().outputs_h)) {}

  void define(int elements) {
    const auto &[e, k, b, o, g, p, x, y, n] = w_.v;
    const int channels = problem_.in_channels, lanes = plan_.winograd().input_lanes;
    const int left = std::min(problem_.width().pad_begin * channels, elements);
    const int copied = std::min(problem_.width().input * channels, elements - left);
    const int whole = copied / lanes * lanes;
    w_.transformed(e, p, y, n) = Halide::undef<float>();
    add(0, left, false);
    add(left, whole, true);
    add(left + whole, copied - whole, true);
    add(left + copied, elements - left - copied, false);
  }

private:
  void add(int first, int length, bool from_input) {
    if (length <= 0)
      return;
    const auto &[e, k, b, o, g, p, x, y, n] = w_.v;
    const Halide::RDom span(0, length, "span");
    const Expr element = first - problem_.width().pad_begin * problem_.in_channels + span;
    w_.transformed(first + span, p, y, n) = from_input ? points(element)
                                            : problem_.pads_with() == PaddingMode::zeros
                                                ? Expr(0.0f)
                                                : points(beside(element));
    w_.rows.push_back({static_cast<int>(w_.rows.size()), span.x, length});
  }

  /// The element of a row of the input that stands at one before or behind it.
  Expr beside(const Expr &element) const {
    const int channels = problem_.in_channels;
    return padded_from(problem_.width(), problem_.pads_with(), element / channels) * channels +
           element % channels;
  }

  /// Of a row, whose pixels lie side by side wherever they are.
  Expr input_element(const Expr &element, const Expr &line) const {
    const int channels = problem_.in_channels;
    return input_.rearranged.defined()
               ? input_.rearranged(element % channels, element / channels, line, w_.v.n)
               : input_.parameter(element, 0, line, w_.v.n);
  }

  /// Where tasks rearrange the input, its rows of padding are there.
  Expr source_row(const Expr &line) const {
    return input_.rearranged.defined() ? line : padded_from(problem_.height(), problem_.pads_with(), line);
  }

  Expr points(const Expr &element) const {
    const auto &[e, k, b, o, g, p, x, y, n] = w_.v;
    const Axis &height = problem_.height();
    std::vector<Expr> lines;
    for (int i = 0; i < down_.points; i++) {
      const Expr line = y * down_.outputs * height.stride + i - height.pad_begin;
      if (problem_.pads_with() != PaddingMode::zeros) {
        lines.push_back(accumulated(problem_.types, input_element(element, source_row(line))));
        continue;
      }
      const Expr inside = line >= 0 && line < height.input;
      const Expr value = input_element(element, clamp(line, 0, height.input - 1));
      lines.push_back(select(inside, accumulated(problem_.types, value), 0.0f));
    }
    return row(p, upper_left(down_.input, down_.points, down_.points), lines);
  }

  WinogradDown &w_;
  const Problem &problem_;
  const Plan &plan_;
  const Input &input_;
  const convforge_winograd down_;
};

void define_product(WinogradDown &w, const Problem &problem, const Plan &plan, const std::string &suffix) {
  const auto &[e, k, b, o, g, p, x, y, n] = w.v;
  const Region &region = plan.regions.front();
  const WinogradPoints count = winograd_points(problem.height(), plan.winograd().outputs_h);
  const int taps = problem.width().kernel * problem.in_channels, block = region.block;
  w.packed = ImageParam(halide_type(packed_type(problem, plan)), 4, "packed" + suffix);
  fix(w.packed, {{block, 1},
                 {taps, block},
                 {count.filter_points, taps * block},
                 {region.blocks(), count.filter_points * taps * block}});
  w.taps = Halide::RDom(0, taps, "taps");
  w.sum(k, x, p, b, y, n) = 0.0f;
  w.sum(k, x, p, b, y, n) +=
      w.transformed(x * problem.width().stride * problem.in_channels + w.taps, p, y, n) *
      w.packed(k, w.taps, filter_point(count, p), b);
  w.product(k, x, p, b, y, n) = w.sum(k, x, p, b, y, n);
}

/// The convolution at a column and row of its output.
Expr convolved(const WinogradDown &w, const Problem &problem, const Plan &plan, const Expr &column,
               const Expr &line) {
  const int block = plan.regions.front().block;
  const convforge_winograd down = winograd_axis(problem.height(), plan.winograd().outputs_h);
  std::vector<Expr> points;
  points.reserve(down.points);
  for (int i = 0; i < down.points; i++)
    points.push_back(w.product(w.v.o % block, column, i, w.v.o / block, line / down.outputs, w.v.n));
  return row(line % down.outputs, upper_left(down.output, down.outputs, down.points), points);
}

/// A row of tiles, pooled down. Window number `row` of its own begins in the row of tiles before where `row`
/// is 0 and there is padding, and of the one after its last there is what lies in this one.
void define_pooled_down(WinogradDown &w, const Problem &problem, const Plan &plan,
                        const std::string &suffix) {
  const Axis &pooled = problem.pooling.height();
  const int outputs = plan.winograd().outputs_h;
  std::vector<Expr> windows;
  for (int window = 0; window < rows_pooled_down(plan, problem); window++) {
    const int first = window * pooled.stride - pooled.pad_begin;
    Expr largest;
    for (int i = std::max(first, 0); i < std::min(first + pooled.kernel, outputs); i++) {
      const Expr one = convolved(w, problem, plan, w.v.x, w.v.y * outputs + i);
      largest = largest.defined() ? max(largest, one) : one;
    }
    windows.push_back(largest.defined() ? largest : windows.front());
  }
  w.pooled_down = Halide::Func("pooled_down" + suffix);
  w.pooled_down(w.v.o, w.v.x, w.row, w.v.y, w.v.n) = mux(w.row, windows);
}

/// The largest of a window along. Beside the image lies nothing: what is on its edge stands there, which is
/// looked at anyway.
Expr pooled_along(const WinogradDown &w, const Problem &problem, const Expr &row, const Expr &tiles) {
  const Axis &pooled = problem.pooling.width();
  const auto &[e, k, b, o, g, p, x, y, n] = w.v;
  Expr largest;
  for (int s = 0; s < pooled.kernel; s++) {
    const Expr column = clamp(x * pooled.stride - pooled.pad_begin + s, 0, pooled.input - 1);
    const Expr one = w.pooled_down(o, column, row, tiles, n);
    largest = largest.defined() ? max(largest, one) : one;
  }
  return largest;
}

/// In rows: the first of a row of tiles is the larger of its own part and of the one that the row of tiles
/// before left; the image's first row of tiles has none before it, and takes its own again.
Expr pooled_in_rows(const WinogradDown &w, const Problem &problem, const Plan &plan) {
  const int rows = stored_rows(problem, plan.winograd().outputs_h);
  const Expr tiles = w.v.y / rows, row = w.v.y % rows;
  const Expr own = pooled_along(w, problem, row, tiles);
  if (problem.pooling.height().pad_begin == 0)
    return own;
  const Expr left = pooled_along(w, problem, select(tiles > 0, rows, 0), max(tiles - 1, 0));
  return select(row == 0, max(own, left), own);
}

void define_output(WinogradDown &w, const Problem &problem, const Plan &plan, const std::string &suffix) {
  const auto &[e, k, b, o, g, p, x, y, n] = w.v;
  const auto sum = [&](const Expr &column, const Expr &line) {
    return convolved(w, problem, plan, column, line);
  };
  w.operands = make_epilogue_parameters(problem, suffix);
  const auto epilogue = [&](const Expr &value, const Expr &column, const Expr &line) {
    return epilogue_of(problem, value, w.operands, {o, g}, {o, g, column, line, n});
  };
  if (pools_in_rows(plan, problem)) {
    define_pooled_down(w, problem, plan, suffix);
    w.output(o, g, x, y, n) = stored(problem.types, epilogue(pooled_in_rows(w, problem, plan), x, y));
  } else {
    w.output(o, g, x, y, n) = stored_of_tile(problem, {sum, epilogue}, x, y);
  }
  fix_like_output(w.output.output_buffer(), problem.output_strides(), with_stored_outputs(problem));
}

} // namespace

WinogradDown make_winograd_down(const Problem &problem, const Plan &plan, const Input &input,
                                const std::string &suffix) {
  WinogradDown w;
  w.points = winograd_points(problem.height(), plan.winograd().outputs_h).points;
  w.transformed = Halide::Func("transformed");
  w.sum = Halide::Func("sum");
  w.product = Halide::Func("product");
  w.output = Halide::Func("output");
  TransformedRow(w, problem, plan, input).define(winograd_down_elements(problem, plan));
  define_product(w, problem, plan, suffix);
  define_output(w, problem, plan, suffix);
  return w;
}

} // namespace convforge
