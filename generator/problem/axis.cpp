#include "problem/axis.hpp"
#include "base/integer.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace convforge {
namespace {

constexpr std::int64_t int_max = std::numeric_limits<int>::max();

std::int64_t wide_extent(const Axis &axis) {
  return (axis.kernel - std::int64_t{1}) * axis.dilation + 1;
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0);
}

[[noreturn]] void fail_field(std::string_view field, std::int64_t value, const std::string &expected) {
  fail(std::string(field), std::to_string(value), expected);
}

void check_at_least(std::string_view field, std::int64_t value, std::int64_t least) {
  if (value < least)
    fail_field(field, value, fmt::format("at least {}", least));
}

std::string window_words(const Axis &axis) {
  return fmt::format("an input of {}, a window of {} (kernel {}, its taps {} apart), stride {}", axis.input,
                     axis.extent(), axis.kernel, axis.dilation, axis.stride);
}

// benchdnn's limits: with symmetric padding the padding itself, else what the output needs after the input,
// lies strictly between -stride (one more output would fit) and extent + stride (an output would see nothing
// but padding).
void check_fit(const Axis &axis, const AxisFields &fields) {
  const std::int64_t symmetric = windows(axis, 2 * std::int64_t{axis.pad_begin});
  const std::int64_t reach = std::int64_t{axis.extent()} + axis.stride;
  if (axis.output < 1)
    fail_field(fields.output, axis.output,
               fmt::format("at least 1; given are {} and padding {}", window_words(axis), axis.pad_begin));
  if (axis.output == symmetric) {
    if (axis.pad_begin >= reach)
      fail_field(fields.pad_begin, axis.pad_begin,
                 fmt::format("less than {}, the window of {} plus the stride of {}", reach, axis.extent(),
                             axis.stride));
    return;
  }
  const std::int64_t far = trailing(axis, axis.output, axis.pad_begin);
  if (far > -axis.stride && far < reach)
    return;
  const std::int64_t begin = std::int64_t{axis.input} + axis.pad_begin;
  const std::int64_t least = std::max<std::int64_t>(1, floor_divide(begin - axis.extent(), axis.stride) + 1);
  const std::int64_t most = ceil_div(begin, axis.stride) + 1;
  fail_field(fields.output, axis.output,
             fmt::format("{} to {} for {} and leading padding {}; symmetric padding gives {}", least, most,
                         window_words(axis), axis.pad_begin, symmetric));
}

} // namespace

void check_window(const Axis &axis, const AxisFields &fields) {
  check_at_least(fields.input, axis.input, 1);
  check_at_least(fields.kernel, axis.kernel, 1);
  check_at_least(fields.stride, axis.stride, 1);
  check_at_least(fields.dilation, axis.dilation - std::int64_t{1} + fields.dense, fields.dense);
  if (wide_extent(axis) > int_max)
    fail_field(fields.kernel, axis.kernel,
               fmt::format("a window of at most {}; with {} from tap to tap it spans {}", int_max,
                           axis.dilation, wide_extent(axis)));
}

void check_axis(const Axis &axis, const AxisFields &fields) {
  check_window(axis, fields);
  check_at_least(fields.pad_begin, axis.pad_begin, 0);
  check_fit(axis, fields);
  const std::int64_t end = trailing(axis, axis.output, axis.pad_begin);
  if (axis.pad_end != end)
    fail_field(
        fields.pad_end, axis.pad_end,
        fmt::format("{}, what {} outputs still need after the input; see Axis::padded", end, axis.output));
}

std::int64_t windows(const Axis &axis, std::int64_t pads) {
  return floor_divide(axis.input + pads - axis.extent(), axis.stride) + 1;
}

std::int64_t trailing(const Axis &axis, std::int64_t output, std::int64_t pad_begin) {
  return (output - 1) * axis.stride + axis.extent() - axis.input - pad_begin;
}

// With n = trailing(output, 0) to share, check_fit's limits on the two halves come down to -stride < n < 2
// (extent + stride) - 1.
bool meets_input(const Axis &axis) {
  for (std::int64_t tap = 0; tap < axis.kernel; tap++) {
    const std::int64_t begin = tap * axis.dilation - axis.pad_begin; // where the first output has this tap
    const std::int64_t output =
        begin < 0 ? -floor_divide(begin, axis.stride) : 0; // the first one not before the input
    if (output < axis.output && begin + output * axis.stride < axis.input)
      return true;
  }
  return false;
}

std::int64_t even_padding(const Axis &axis, std::int64_t output, const AxisFields &fields) {
  const std::int64_t reach = std::int64_t{axis.extent()} + axis.stride;
  const std::int64_t least = std::max<std::int64_t>(1, windows(axis, 0));
  const std::int64_t most = windows(axis, 2 * reach - 2);
  if (output < least || output > most)
    fail_field(fields.output, output, fmt::format("{} to {} for {}", least, most, window_words(axis)));
  return std::max<std::int64_t>(trailing(axis, output, 0), 0) / 2;
}

Axis with_output(Axis axis, std::int64_t output, std::int64_t pad_begin, const AxisFields &fields) {
  const auto to_int = [](std::string_view field, std::int64_t value) {
    if (value > int_max || value < -int_max)
      fail_field(field, value, fmt::format("at most {}", int_max));
    return static_cast<int>(value);
  };
  axis.pad_begin = to_int(fields.pad_begin, pad_begin);
  check_at_least(fields.pad_begin, axis.pad_begin, 0);
  axis.output = to_int(fields.output, output);
  check_fit(axis, fields);
  axis.pad_end = to_int(fields.pad_end, trailing(axis, output, pad_begin));
  return axis;
}

Axis Axis::padded(int input, int kernel, int pad_begin, int pad_end, int stride, int dilation) {
  Axis axis{.input = input, .kernel = kernel, .stride = stride, .dilation = dilation};
  check_window(axis, axis_fields);
  return with_output(axis, windows(axis, std::int64_t{pad_begin} + pad_end), pad_begin, axis_fields);
}

Axis Axis::valid(int input, int kernel, int stride, int dilation) {
  return padded(input, kernel, 0, 0, stride, dilation);
}

Axis Axis::same(int input, int kernel, int stride, int dilation) {
  Axis axis{.input = input, .kernel = kernel, .stride = stride, .dilation = dilation};
  check_window(axis, axis_fields);
  const std::int64_t output = ceil_div(input, stride);
  const std::int64_t pads = std::max<std::int64_t>(trailing(axis, output, 0), 0);
  return with_output(axis, output, pads / 2, axis_fields);
}

} // namespace convforge
