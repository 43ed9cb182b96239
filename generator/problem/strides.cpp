#include "problem/strides.hpp"

#include "base/error.hpp"
#include "base/split.hpp"
#include "problem/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <vector>

namespace convforge {
namespace {

/// One dimension: its letter, and where its stride and extent are.
struct Dimension {
  char letter;
  std::int64_t Strides::*stride;
  std::int64_t Extents::*extent;
};

constexpr Dimension dimension_n{'n', &Strides::n, &Extents::n}, dimension_c{'c', &Strides::c, &Extents::c},
    dimension_d{'d', &Strides::d, &Extents::d}, dimension_h{'h', &Strides::h, &Extents::h},
    dimension_w{'w', &Strides::w, &Extents::w};

using Order = std::array<Dimension, 5>;

const Order &innermost_first(Layout layout) {
  static constexpr Order nhwc{dimension_c, dimension_w, dimension_h, dimension_d, dimension_n};
  static constexpr Order nchw{dimension_w, dimension_h, dimension_d, dimension_c, dimension_n};
  return layout == Layout::nhwc ? nhwc : nchw;
}

std::int64_t parse_stride(std::string_view number, std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (number.empty() || error != std::errc{} || end != number.data() + number.size() || value < 0)
    fail("strides", fmt::format("{:?}", text.substr(0, 60)),
         "elements from one image, channel, row and column to the next, as in 100352x1x1792x32 "
         "(0: what a dense tensor has)");
  return value;
}

} // namespace

Strides filled(const Strides &given, const Extents &extents, Layout layout) {
  constexpr std::int64_t most = std::int64_t{1} << 31; // of a valid stride; keeps products of others in range
  Strides result;
  std::int64_t inner = 1; // of a dense tensor around what was met so far
  for (const Dimension &dimension : innermost_first(layout)) {
    const std::int64_t extent = extents.*dimension.extent, stride = given.*dimension.stride;
    std::int64_t &to = result.*dimension.stride;
    to = extent > 1 && stride != 0 ? stride : inner;
    inner = std::min(to, most) * extent;
  }
  return result;
}

std::int64_t span(const Strides &strides, const Extents &extents) {
  std::int64_t last = 0;
  for (const Dimension &dimension : innermost_first(Layout::nhwc))
    last += (extents.*dimension.extent - 1) * strides.*dimension.stride;
  return last + 1;
}

void check_strides(std::string_view tensor, const Strides &given, const Extents &extents, Layout layout,
                   std::size_t element_bytes) {
  constexpr std::int64_t limit = std::numeric_limits<std::int32_t>::max();
  const Order &order = innermost_first(layout);
  std::int64_t reach = 1; // elements from the first to the last of what was met so far; all below 2^31
  for (const Dimension &dimension : order) {
    const std::int64_t extent = extents.*dimension.extent, stride = given.*dimension.stride;
    const std::string field = fmt::format("{} stride {}", tensor, dimension.letter);
    const bool innermost = dimension.letter == order.front().letter;
    if (extent > 1 && stride != 0 && (innermost ? stride != 1 : stride < reach))
      fail(field, std::to_string(stride),
           innermost ? fmt::format("1: it is the innermost of {}", name_of(layout))
                     : fmt::format("0, or at least the {} elements that it steps over", reach));
    const std::int64_t used = filled(given, extents, layout).*dimension.stride;
    // Doubles hold every product below the limit exactly and cannot overflow here.
    const double bytes = ((double(extent) - 1) * double(used) + double(reach)) * double(element_bytes);
    if (bytes > double(limit))
      fail(field, std::to_string(used),
           fmt::format("less than 2147483648 bytes from the first element to the last, not {:.15g}", bytes));
    reach += (extent - 1) * used;
  }
}

std::string text_of(const Strides &strides, bool planes) {
  const std::string depth = planes ? fmt::format("x{}", strides.d) : "";
  return fmt::format("{}x{}{}x{}x{}", strides.n, strides.c, depth, strides.h, strides.w);
}

Strides parse_strides(std::string_view text) {
  if (text.empty())
    return {};
  std::vector<std::int64_t> numbers;
  for (const std::string_view number : split(text, 'x'))
    numbers.push_back(parse_stride(number, text));
  const auto &v = numbers;
  switch (numbers.size()) {
  case 3:
    return {.n = v[0], .c = v[1], .w = v[2]};
  case 4:
    return {.n = v[0], .c = v[1], .h = v[2], .w = v[3]};
  case 5:
    return {.n = v[0], .c = v[1], .d = v[2], .h = v[3], .w = v[4]};
  default:
    fail("strides", fmt::format("{:?}", text.substr(0, 60)), "NxCxW, NxCxHxW or NxCxDxHxW");
  }
}

TensorStrides parse_tensor_strides(std::string_view text, std::string_view residual) {
  const std::vector<std::string_view> parts = split(text, ':');
  if (parts.size() > 3)
    fail("strides", fmt::format("{:?}", text.substr(0, 60)), "SRC:WEI:DST, as in 100352x1x1792x32::");
  if (parts.size() > 1 && !parts[1].empty())
    fail("strides", fmt::format("{:?} for the weights", parts[1].substr(0, 60)),
         "none: weights are dense, and packed before use");
  return {.input = parse_strides(parts[0]),
          .residual = parse_strides(residual),
          .output = parts.size() > 2 ? parse_strides(parts[2]) : Strides{}};
}

} // namespace convforge
