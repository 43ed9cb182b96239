#include "problem/trimmed_taps.hpp"

#include "problem/axis.hpp"

#include <algorithm>

namespace convforge {

namespace {

/// Calls visit(place, zero) for every tap's place along the axes.
template <typename Visit>
void for_each_tap(const Problem &problem, const Visit &visit) {
  const std::vector<int> &zeros = problem.zeros.taps;
  const int rows = problem.height().kernel, columns = problem.width().kernel;
  for (int tap = 0; tap < problem.depth().kernel * rows * columns; tap++)
    visit(std::array{tap / columns / rows, tap / columns % rows, tap % columns},
          std::ranges::binary_search(zeros, tap));
}

/// Taps [first, end) of an axis.
Axis cut(Axis axis, int first, int end) {
  axis.pad_begin -= first * axis.dilation;
  axis.kernel = end - first;
  if (axis.kernel == 1)
    axis.dilation = 1;
  axis.pad_end = static_cast<int>(trailing(axis, axis.output, axis.pad_begin, false));
  return axis;
}

} // namespace

TrimmedTaps trimmed_taps(const Problem &problem) {
  TrimmedTaps trimmed{.axes = problem.axes};
  if (problem.zeros.taps.empty())
    return trimmed;
  std::array<int, 3> first{}, end = {0, 0, 0};
  for (std::size_t i = 0; i < first.size(); i++)
    first[i] = problem.axes[i].kernel;
  for_each_tap(problem, [&](const std::array<int, 3> &at, bool zero) {
    for (std::size_t i = 0; !zero && i < at.size(); i++) {
      first[i] = std::min(first[i], at[i]);
      end[i] = std::max(end[i], at[i] + 1);
    }
  });
  trimmed.none = end[0] == 0;
  if (trimmed.none || problem.transposed || problem.pads_with() != PaddingMode::zeros)
    return trimmed;
  trimmed.first = first;
  for (std::size_t i = 0; i < first.size(); i++)
    trimmed.axes[i] = cut(problem.axes[i], first[i], end[i]);
  return trimmed;
}

bool trims_taps(const Problem &problem) {
  const TrimmedTaps trimmed = trimmed_taps(problem);
  return trimmed.none || trimmed.axes != problem.axes;
}

ZeroWeights zeros_of_piece(const Problem &whole, const Piece &piece) {
  ZeroWeights zeros;
  for_each_tap(piece.problem, [&](const std::array<int, 3> &at, bool) {
    int tap = 0, number = 0;
    for (std::size_t i = 0; i < at.size(); i++) {
      tap = tap * whole.axes[i].kernel + piece.taps[i].first + at[i] * piece.taps[i].step;
      number = number * piece.problem.axes[i].kernel + at[i];
    }
    if (std::ranges::binary_search(whole.zeros.taps, tap))
      zeros.taps.push_back(number);
  });
  if (whole.transposed)
    return zeros;
  zeros.in_channels = whole.zeros.in_channels;
  zeros.out_channels = whole.zeros.out_channels;
  return zeros;
}

} // namespace convforge
