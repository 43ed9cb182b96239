#include "problem/padding_mode.hpp"

#include "base/error.hpp"
#include "problem/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace convforge {
namespace {

// numpy's and PyTorch's rules: a mirror has no element of its own, and what goes around does so once.
void check_padded_axis(PaddingMode mode, const Axis &axis, const AxisFields &fields) {
  const int most = mode == PaddingMode::reflect ? axis.input - 1 : axis.input;
  const auto check = [&](std::string_view field, int padding) {
    if (padding > most)
      fail(std::string(field), std::to_string(padding),
           fmt::format("at most {} with padding mode {} and {} {}", most, name_of(mode), fields.input,
                       axis.input));
  };
  check(fields.pad_begin, axis.pad_begin);
  check(fields.pad_end, axis.pad_end);
}

} // namespace

PaddingMode Problem::pads_with() const {
  const auto padded = [](const Axis &axis) { return axis.pad_begin > 0 || axis.pad_end > 0; };
  return std::ranges::any_of(axes, padded) ? padding_mode : PaddingMode::zeros;
}

std::int64_t element_at(PaddingMode mode, std::int64_t at, std::int64_t input) {
  if (at >= 0 && at < input)
    return at;
  if (mode == PaddingMode::zeros)
    return -1;
  if (mode == PaddingMode::reflect)
    at = at < 0 ? -at : 2 * (input - 1) - at;
  else if (mode == PaddingMode::circular)
    at = at < 0 ? at + input : at - input;
  return std::clamp<std::int64_t>(at, 0, input - 1);
}

void check_padding_mode(const Problem &problem) {
  const PaddingMode mode = problem.padding_mode;
  if (mode == PaddingMode::zeros)
    return;
  if (problem.transposed)
    fail("padding mode", std::string(name_of(mode)), "zeros for a transposed convolution");
  for (std::size_t i = 0; i < problem.axes.size(); i++)
    if (problem.axes[i].pad_begin < 0)
      fail(std::string(problem_fields[i].pad_begin), std::to_string(problem.axes[i].pad_begin),
           fmt::format("at least 0 with padding mode {}", name_of(mode)));
  if (mode == PaddingMode::replicate)
    return;
  for (std::size_t i = 0; i < problem.axes.size(); i++)
    check_padded_axis(mode, problem.axes[i], problem_fields[i]);
}

} // namespace convforge
