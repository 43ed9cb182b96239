#include "problem/pooling.hpp"

#include "base/error.hpp"
#include "problem/axis.hpp"
#include "problem/descriptor_fields.hpp"
#include "problem/pieces.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {
namespace {

constexpr std::array<std::string_view, 10> pooling_field_names{"kh", "kw", "sh", "sw", "ph",
                                                               "pw", "eh", "ew", "oh", "ow"};
constexpr FieldNames pooling_fields{"pooling", pooling_field_names, "", "max:kh3sh2ph1"};
/// Errors name a pooling's fields as they do the convolution's, with a word before them.
template <typename Function>
auto said_of_pooling(const Function &function) {
  try {
    return function();
  } catch (const Error &error) {
    throw Error(fmt::format("pooling: {}", error.what()));
  }
}

void check_pooled_axis(const Axis &pooled, const Axis &convolved, const AxisFields &fields) {
  const auto expect_between = [](std::string_view field, int value, int least, int most) {
    if (value < least || value > most)
      fail(std::string(field), std::to_string(value), fmt::format("{} to {}", least, most));
  };
  if (pooled.input != convolved.output)
    fail(std::string(fields.input), std::to_string(pooled.input),
         fmt::format("{}, the convolution's {}", convolved.output, fields.output));
  check_axis(pooled, fields, false);
  expect_between(fields.kernel, pooled.kernel, 1, Pooling::most_taps);
  expect_between(fields.stride, pooled.stride, 1, Pooling::most_taps);
  expect_between(fields.dilation, pooled.dilation - 1, 0, 0);
  // Every window has something of the image.
  expect_between(fields.pad_begin, pooled.pad_begin, 0, pooled.kernel - 1);
  if (pooled.pad_end >= pooled.kernel)
    fail(std::string(fields.output), std::to_string(pooled.output),
         fmt::format("at most {}: the last windows see nothing but padding",
                     windows(pooled, pooled.pad_begin + pooled.kernel - 1, false)));
}

} // namespace

Pooling parse_pooling(std::string_view text, const Problem &problem) {
  Pooling pooling;
  if (text.empty())
    return pooling;
  const std::size_t colon = std::min(text.find(':'), text.size());
  pooling.kind = parse_pooling_kind(text.substr(0, colon));
  if (pooling.kind == PoolingKind::none)
    return pooling;
  Fields fields = take_fields(text.substr(std::min(colon + 1, text.size())), pooling_fields);
  const bool one_row = problem.height().output == 1 && !fields.has_axis('h');
  if (one_row)
    fields.add("kh", 1);
  else if (!fields.has_axis('w'))
    fields.copy_axis('h', 'w');
  fields.add("ih", problem.height().output);
  fields.add("iw", problem.width().output);
  for (const std::size_t axis : {1, 2})
    pooling.axes[axis] = said_of_pooling([&] { return axis_of(fields, problem_fields[axis], false); });
  return pooling;
}

std::string text_of(const Pooling &pooling) {
  if (pooling.kind == PoolingKind::none)
    return "";
  std::string text = fmt::format("{}:", name_of(pooling.kind));
  const auto add = [&](std::string_view AxisFields::*name, int Axis::*field) {
    for (std::size_t axis = pooling.one_row() ? 2 : 1; axis < pooling.axes.size(); axis++)
      text += fmt::format("{}{}", problem_fields[axis].*name, pooling.axes[axis].*field);
  };
  add(&AxisFields::kernel, &Axis::kernel);
  add(&AxisFields::stride, &Axis::stride);
  add(&AxisFields::pad_begin, &Axis::pad_begin);
  add(&AxisFields::pad_end, &Axis::pad_end);
  return text;
}

Problem unpooled(const Problem &problem) {
  Problem convolution = problem;
  convolution.pooling = {};
  convolution.strides.output = {};
  return convolution;
}

Problem with_stored_outputs(const Problem &problem) {
  Problem stored = problem;
  if (problem.pools()) {
    stored.height() = problem.pooling.height();
    stored.width() = problem.pooling.width();
  }
  return stored;
}

void check_pooling(const Problem &problem) {
  const Pooling &pooling = problem.pooling;
  const std::string name(name_of(pooling.kind));
  if (pooling.kind == PoolingKind::none) {
    if (pooling != Pooling{})
      fail("pooling", name, "no window where there is none");
    return;
  }
  if (problem.has_depth() || pooling.axes[0] != Axis{})
    fail("pooling", name, "none of a 3-D problem");
  if (problem.types.quantised())
    fail("pooling", name, "none of 8-bit integers");
  if (in_pieces(problem))
    fail("pooling", name,
         "none of a transposed convolution, or of one with windows that lie wholly in the padding");
  if (!problem.zeros.none())
    fail("pooling", name, "none of weights that are known to be zero");
  for (const std::size_t axis : {1, 2})
    said_of_pooling([&] { check_pooled_axis(pooling.axes[axis], problem.axes[axis], problem_fields[axis]); });
}

} // namespace convforge
