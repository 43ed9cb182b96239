#include "problem/axis_pieces.hpp"

#include "base/integer.hpp"
#include "problem/axis.hpp"

#include <algorithm>
#include <numeric>

namespace convforge {

namespace {

/// Outputs [begin, end) without taps, of those that `of` counts.
AxisPiece outputs_alone(int begin, int end, const Progression &of) {
  const int count = end - begin;
  return {.axis = {.input = count, .output = count},
          .has_taps = false,
          .output = {of.first + begin * of.step, of.step}};
}

/// A forward axis: its windows that reach the input, and before and behind them those which do not.
void add_forward(std::vector<AxisPiece> &pieces, const Axis &axis, const Progression &output,
                 const Progression &taps) {
  // Output o reads from o * stride - pad_begin on.
  const std::int64_t stride = axis.stride, pad = axis.pad_begin;
  const std::int64_t early = std::max<std::int64_t>(0, pad - axis.extent() + 1);
  const std::int64_t begins = std::max<std::int64_t>(0, axis.input + pad);
  const int first = static_cast<int>(std::min<std::int64_t>(ceil_div(early, stride), axis.output));
  const int end = static_cast<int>(std::clamp<std::int64_t>(ceil_div(begins, stride), first, axis.output));
  if (first == end) {
    pieces.push_back(outputs_alone(0, axis.output, output));
    return;
  }
  if (first > 0)
    pieces.push_back(outputs_alone(0, first, output));
  const std::int64_t window = first * stride - pad; // the first one that reaches it begins here
  AxisPiece piece{.axis = axis, .input = static_cast<int>(std::max<std::int64_t>(window, 0))};
  piece.axis.input -= piece.input;
  piece.axis.output = end - first;
  piece.axis.pad_begin = static_cast<int>(std::max<std::int64_t>(-window, 0));
  piece.axis.pad_end = static_cast<int>(trailing(piece.axis, piece.axis.output, piece.axis.pad_begin, false));
  piece.output = {output.first + first * output.step, output.step};
  piece.taps = taps;
  pieces.push_back(piece);
  if (end < axis.output)
    pieces.push_back(outputs_alone(end, axis.output, output));
}

/// Outputs phase + i * stride of a transposed axis. Tap r adds to output o what lies at input
/// (o + pad_begin - r * dilation) / stride, where that is whole.
void add_phase(std::vector<AxisPiece> &pieces, const Axis &axis, int phase) {
  const Progression output{phase, axis.stride};
  const int outputs = ceil_div(axis.output - phase, axis.stride);
  const int common = std::gcd(axis.stride, axis.dilation), taps_apart = axis.stride / common;
  const auto distance = [&](int tap) {
    return std::int64_t{phase} + axis.pad_begin - std::int64_t{tap} * axis.dilation;
  };
  int tap = 0;
  while (tap < std::min(axis.kernel, taps_apart) && distance(tap) % axis.stride != 0)
    tap++;
  if (tap == std::min(axis.kernel, taps_apart)) {
    pieces.push_back(outputs_alone(0, outputs, output));
    return;
  }
  const int count = ceil_div(axis.kernel - tap, taps_apart);
  Axis forward{.input = axis.input,
               .output = outputs,
               .kernel = count,
               .dilation = count == 1 ? 1 : axis.dilation / common};
  // Tap `tap` is the last of the window, whose first element output 0 has at -pad_begin.
  forward.pad_begin = static_cast<int>(forward.extent() - 1 - distance(tap) / axis.stride);
  add_forward(pieces, forward, output, {tap + (count - 1) * taps_apart, -taps_apart});
}

/// The taps of an output that meet the input: [first, end), which a dilation leaves side by side.
struct TapsInside {
  int first = 0, end = 0;
  bool operator==(const TapsInside &) const = default;
};

TapsInside taps_inside(const Axis &axis, int output) {
  const std::int64_t window = std::int64_t{output} * axis.stride - axis.pad_begin;
  TapsInside inside;
  while (window + std::int64_t{inside.first} * axis.dilation < 0)
    inside.first++;
  inside.end = inside.first;
  while (inside.end < axis.kernel && window + std::int64_t{inside.end} * axis.dilation < axis.input)
    inside.end++;
  return inside.first < inside.end ? inside : TapsInside{}; // the input may lie between two taps
}

/// Outputs [begin, end), of which all take these taps.
AxisPiece outputs_of_taps(const Axis &axis, int begin, int end, const TapsInside &taps) {
  if (taps == TapsInside{})
    return outputs_alone(begin, end, {});
  AxisPiece piece{.axis = {.output = end - begin, .kernel = taps.end - taps.first, .stride = axis.stride},
                  .input = begin * axis.stride - axis.pad_begin + taps.first * axis.dilation,
                  .output = {begin, 1},
                  .taps = {taps.first, 1}};
  piece.axis.dilation = piece.axis.kernel == 1 ? 1 : axis.dilation;
  piece.axis.input = piece.axis.window(piece.axis.output);
  return piece;
}

} // namespace

std::vector<AxisPiece> pieces_by_taps(const Axis &axis, std::size_t most) {
  std::vector<AxisPiece> pieces;
  for (int begin = 0, end = 0; axis.dilation > 1 && begin < axis.output && pieces.size() <= most;
       begin = end) {
    const TapsInside taps = taps_inside(axis, begin);
    for (end = begin + 1; end < axis.output && taps_inside(axis, end) == taps;)
      end++;
    pieces.push_back(outputs_of_taps(axis, begin, end, taps));
  }
  return pieces.empty() || pieces.size() > most ? std::vector{AxisPiece{.axis = axis}} : pieces;
}

std::vector<AxisPiece> axis_pieces(const Axis &axis, bool transposed) {
  std::vector<AxisPiece> pieces;
  if (transposed)
    for (int phase = 0; phase < std::min(axis.stride, axis.output); phase++)
      add_phase(pieces, axis, phase);
  else
    add_forward(pieces, axis, {}, {});
  return pieces;
}

} // namespace convforge
