#include "problem/frameworks/layer.hpp"

#include "base/error.hpp"
#include "base/integer.hpp"
#include "base/split.hpp"
#include "problem/frameworks/call_syntax.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace convforge {
namespace {

int layer_size(std::int64_t size, const LayerShape &shape) {
  if (size < 1 || size > std::numeric_limits<int>::max())
    fail("input", fmt::format("{}", fmt::join(shape, "x")), "sizes of at least 1, below 2^31");
  return static_cast<int>(size);
}

/// "batch, height, width, channels", as the layout has it.
std::string shape_in_words(int rank, Layout layout) {
  std::vector<std::string_view> words;
  for (const AxisFields &fields : std::span(problem_fields).last(static_cast<std::size_t>(rank)))
    words.push_back(fields.name);
  words.insert(layout == Layout::nhwc ? words.end() : words.begin(), "channels");
  return fmt::format("{}, with or without the batch in front", fmt::join(words, "x"));
}

} // namespace

LayerInput layer_input(const LayerShape &shape, int rank, Layout layout, const std::string &layer) {
  const auto given = static_cast<int>(std::min<std::size_t>(shape.size(), 100));
  if (given != rank + 1 && given != rank + 2)
    fail("input", fmt::format("{}", fmt::join(shape, "x")),
         fmt::format("that of a {}: {}", layer, shape_in_words(rank, layout)));
  std::vector<int> sizes;
  for (const std::int64_t size : shape)
    sizes.push_back(layer_size(size, shape));
  LayerInput input;
  if (given == rank + 2)
    input.batch = sizes.front(), sizes.erase(sizes.begin());
  const auto channels = layout == Layout::nhwc ? sizes.end() - 1 : sizes.begin();
  input.channels = *channels;
  sizes.erase(channels);
  input.sizes = sizes;
  return input;
}

std::string numbers_text(std::span<const int> numbers) {
  return numbers.size() == 1 ? std::to_string(numbers.front())
                             : fmt::format("({})", fmt::join(numbers, ", "));
}

std::vector<int> on_axes(std::string_view argument, const PerAxis &numbers, int rank) {
  const auto axes = static_cast<std::size_t>(rank);
  if (numbers.values.size() == 1)
    return std::vector<int>(axes, numbers.values.front());
  if (numbers.values.size() != axes)
    fail(std::string(argument), numbers_text(numbers.values),
         rank == 1 ? "one number" : fmt::format("one number, or {}, one for each axis", rank));
  return numbers.values;
}

void check_at_least_one(std::string_view argument, std::int64_t value) {
  if (value < 1)
    fail(std::string(argument), std::to_string(value), "at least 1");
}

void check_groups(std::string_view argument, int channels, int groups, std::string_view groups_argument) {
  check_at_least_one(groups_argument, groups);
  if (channels % groups != 0)
    fail(std::string(argument), std::to_string(channels),
         fmt::format("a multiple of {} = {}", groups_argument, groups));
}

int channels_of(std::string_view argument, std::int64_t channels) {
  check_at_least_one(argument, channels);
  if (channels > std::numeric_limits<int>::max())
    fail(std::string(argument), std::to_string(channels), "less than 2147483648 channels");
  return static_cast<int>(channels);
}

Windows layer_windows(const LayerInput &input, std::span<const int> kernel, std::span<const int> stride,
                      std::span<const int> dilation, const AxisFields &fields) {
  Windows windows;
  for (std::size_t i = 0; i < input.sizes.size(); ++i) {
    windows.push_back(
        {.input = input.sizes[i], .kernel = kernel[i], .stride = stride[i], .dilation = dilation[i]});
    check_window(windows.back(), fields);
  }
  return windows;
}

Axis padded_axis(const Axis &window, int pad_begin, int pad_end, const AxisFields &fields) {
  return with_output(window, windows(window, std::int64_t{pad_begin} + pad_end, false), pad_begin, fields,
                     false);
}

Axis same_axis(const Axis &window, bool odd_at_end, const AxisFields &fields) {
  const std::int64_t output = ceil_div(window.input, window.stride);
  const std::int64_t pads = std::max<std::int64_t>(trailing(window, output, 0, false), 0);
  return with_output(window, output, odd_at_end ? pads / 2 : pads - pads / 2, fields, false);
}

std::int64_t spread(const Axis &window) {
  return windows(window, 0, true);
}

void set_axes(Problem &problem, std::span<const Axis> axes) {
  std::ranges::copy(axes, problem.axes.end() - static_cast<std::ptrdiff_t>(axes.size()));
}

LayerShape parse_layer_shape(std::string_view text, const std::string &field) {
  const std::string_view written = text.substr(0, 200); // more of it is refused here
  LayerShape shape;
  for (const std::string_view part : split(written, written.find(',') == written.npos ? 'x' : ',')) {
    std::int64_t size = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), size);
    if (error != std::errc{} || end != part.data() + part.size() || size < 1 || text.size() > written.size())
      fail(field, repeated_text(text), "sizes of at least 1, as in 1x3x224x224");
    shape.push_back(size);
  }
  return shape;
}

} // namespace convforge
