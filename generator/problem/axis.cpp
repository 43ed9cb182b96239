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

// Windows may lie wholly in the padding, on either side, and elements on either side may be cut off: ONNX and
// PyTorch take that. But something of the input is left.
void check_fit(const Axis &axis, const AxisFields &fields) {
  if (axis.output < 1)
    fail_field(fields.output, axis.output,
               fmt::format("at least 1; given are {} and padding {}", window_words(axis), axis.pad_begin));
}

/// Of a forward convolution: padding that leaves something of the input.
void check_cropping(const Axis &axis, const AxisFields &fields) {
  if (axis.pad_begin <= -axis.input)
    fail_field(
        fields.pad_begin, axis.pad_begin,
        fmt::format("more than {}: something is to be left of an input of {}", -axis.input, axis.input));
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

void check_axis(const Axis &axis, const AxisFields &fields, bool transposed) {
  check_window(axis, fields);
  check_fit(axis, fields);
  if (!transposed)
    check_cropping(axis, fields);
  const std::int64_t end = trailing(axis, axis.output, axis.pad_begin, transposed);
  if (axis.pad_end != end)
    fail_field(fields.pad_end, axis.pad_end,
               fmt::format("{}, what {} outputs still need after the input; see Axis::{}", end, axis.output,
                           transposed ? "transposed" : "padded"));
}

std::int64_t windows(const Axis &axis, std::int64_t pads, bool transposed) {
  if (transposed)
    return (std::int64_t{axis.input} - 1) * axis.stride + axis.extent() - pads;
  return floor_divide(axis.input + pads - axis.extent(), axis.stride) + 1;
}

std::int64_t trailing(const Axis &axis, std::int64_t output, std::int64_t pad_begin, bool transposed) {
  const std::int64_t near = transposed ? axis.input : output, far = transposed ? output : axis.input;
  return (near - 1) * axis.stride + axis.extent() - far - pad_begin;
}

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

// With n = trailing(output, 0) to share, an output that sees nothing but padding would need half of at least
// extent + stride.
std::int64_t even_padding(const Axis &axis, std::int64_t output, const AxisFields &fields, bool transposed) {
  const std::int64_t reach = std::int64_t{axis.extent()} + axis.stride;
  const std::int64_t fits = windows(axis, 0, transposed);
  const std::int64_t least = std::max<std::int64_t>(1, transposed ? fits - 2 * reach + 2 : fits);
  const std::int64_t most = transposed ? fits + axis.stride - 1 : windows(axis, 2 * reach - 2, false);
  if (output < least || output > most)
    fail_field(fields.output, output, fmt::format("{} to {} for {}", least, most, window_words(axis)));
  return std::max<std::int64_t>(trailing(axis, output, 0, transposed), 0) / 2;
}

bool ends_nearby(const Axis &axis, std::int64_t pad_end) {
  return pad_end > -axis.stride && pad_end < std::int64_t{axis.extent()} + axis.stride;
}

void check_end(const Axis &axis, const AxisFields &fields, bool transposed) {
  const std::int64_t symmetric = windows(axis, 2 * std::int64_t{axis.pad_begin}, transposed);
  if (axis.output == symmetric || ends_nearby(axis, axis.pad_end))
    return;
  // Outputs whose trailing padding lies within the limits.
  const std::int64_t reach = std::int64_t{axis.extent()} + axis.stride - 1, nearest = axis.stride - 1;
  const std::int64_t pads = axis.pad_begin;
  const std::int64_t least = windows(axis, transposed ? pads + reach : pads, transposed);
  const std::int64_t most = windows(axis, transposed ? pads - nearest : pads + reach, transposed);
  fail_field(fields.output, axis.output,
             fmt::format("{} to {} for {} and leading padding {}; symmetric padding gives {}, and {} says "
                         "another one at the end",
                         std::max<std::int64_t>(1, least), most, window_words(axis), axis.pad_begin,
                         symmetric, fields.pad_end));
}

Axis with_output(Axis axis, std::int64_t output, std::int64_t pad_begin, const AxisFields &fields,
                 bool transposed) {
  const auto to_int = [](std::string_view field, std::int64_t value) {
    if (value > int_max || value < -int_max)
      fail_field(field, value, fmt::format("at most {}", int_max));
    return static_cast<int>(value);
  };
  axis.pad_begin = to_int(fields.pad_begin, pad_begin);
  axis.output = to_int(fields.output, output);
  check_fit(axis, fields);
  if (!transposed)
    check_cropping(axis, fields);
  axis.pad_end = to_int(fields.pad_end, trailing(axis, output, pad_begin, transposed));
  return axis;
}

Axis Axis::padded(int input, int kernel, int pad_begin, int pad_end, int stride, int dilation) {
  Axis axis{.input = input, .kernel = kernel, .stride = stride, .dilation = dilation};
  check_window(axis, axis_fields);
  return with_output(axis, windows(axis, std::int64_t{pad_begin} + pad_end, false), pad_begin, axis_fields,
                     false);
}

Axis Axis::transposed(int input, int kernel, int pad_begin, int pad_end, int stride, int dilation) {
  Axis axis{.input = input, .kernel = kernel, .stride = stride, .dilation = dilation};
  check_window(axis, axis_fields);
  return with_output(axis, windows(axis, std::int64_t{pad_begin} + pad_end, true), pad_begin, axis_fields,
                     true);
}

Axis Axis::valid(int input, int kernel, int stride, int dilation) {
  return padded(input, kernel, 0, 0, stride, dilation);
}

Axis Axis::same(int input, int kernel, int stride, int dilation) {
  Axis axis{.input = input, .kernel = kernel, .stride = stride, .dilation = dilation};
  check_window(axis, axis_fields);
  const std::int64_t output = ceil_div(input, stride);
  const std::int64_t pads = std::max<std::int64_t>(trailing(axis, output, 0, false), 0);
  return with_output(axis, output, pads / 2, axis_fields, false);
}

} // namespace convforge
