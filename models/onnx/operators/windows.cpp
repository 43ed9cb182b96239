// Operators that move a window over spatial axes: convolutions and pools.
#include "models/onnx/operators/convolutions.hpp"

#include "base/error.hpp"
#include "base/integer.hpp"
#include "models/refusal.hpp"
#include "problem/frameworks.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models::onnx {
namespace {

Problem problem_of_call(const Call &call) {
  OnnxConv node = convolution_node(call);
  const Tensor *x = call.input(0), *w = call.input(1);
  if (!x || !w)
    fail("inputs", std::to_string(call.inputs()), "X and W");
  if (x->type != w->type || (x->type != DataType::f32 && x->type != DataType::f16))
    fail("types", fmt::format("{} and {}", name_of(x->type), name_of(w->type)), "f32 or f16, both the same");
  node.types = parse_element_types(name_of(x->type));
  OnnxShapes shapes{.input = convolution_shape(call, 0, "X"), .weights = convolution_shape(call, 1, "W")};
  if (call.input(2))
    shapes.bias = convolution_shape(call, 2, "B");
  return problem_of(node, shapes);
}

Meaning convolution(const Call &call) {
  try {
    const Problem problem = problem_of_call(call);
    return {.operation = Convolution{problem, ""},
            .shapes = {convolution_output(problem, call.input(0)->sizes().size())}};
  } catch (const Error &error) {
    return {.operation = Convolution{std::nullopt, error.what()}};
  }
}

/// Output sizes of a pool; unknown ones where the input's are.
std::int64_t pooled(const Call &call, std::int64_t input, std::size_t axis, std::size_t rank) {
  const auto at = [&](const char *name, std::size_t i, std::int64_t otherwise) {
    const auto numbers = call.list(name);
    return i < numbers.size() ? std::clamp<std::int64_t>(numbers[i], 0, 1 << 30) : otherwise;
  };
  const std::int64_t kernel = at("kernel_shape", axis, 1),
                     stride = std::max<std::int64_t>(at("strides", axis, 1), 1),
                     extent = (std::min<std::int64_t>(kernel, 1 << 20) - 1) * at("dilations", axis, 1) + 1;
  const std::string_view mode = call.text("auto_pad", "NOTSET");
  if (input == unknown_size)
    return unknown_size;
  if (mode.starts_with("SAME"))
    return ceil_div(input, stride);
  const std::int64_t padding = mode == "VALID" ? 0 : at("pads", axis, 0) + at("pads", rank + axis, 0),
                     room = input + padding - extent;
  if (room < 0)
    return unknown_size;
  if (call.integer("ceil_mode", 0) == 0)
    return room / stride + 1;
  const std::int64_t outputs = ceil_div(room, stride) + 1; // no window may begin in the padding at the end
  return (outputs - 1) * stride >= input + at("pads", axis, 0) ? outputs - 1 : outputs;
}

/// A number for each of some axes; `otherwise` where the node has none of that name, -1: it must have it.
std::vector<std::int64_t> numbers_by_axis(const Call &call, const char *name, std::size_t count,
                                          std::int64_t least, std::int64_t otherwise) {
  const std::vector<std::int64_t> numbers = call.list(name);
  if (numbers.empty() && otherwise >= 0)
    return std::vector(count, otherwise);
  constexpr std::int64_t most = 1 << 20;
  if (numbers.size() != count ||
      std::ranges::any_of(numbers, [=](std::int64_t each) { return each < least || each > most; }))
    refuse(name, text_of_numbers(numbers), fmt::format("{} numbers from {} to {}", count, least, most));
  return numbers;
}

/// The padding before each spatial axis.
std::vector<std::int64_t> leading_padding(const Call &call, const WindowPooling &pooling, const Shape &in,
                                          const Shape &out) {
  const std::size_t axes = in.size() - 2;
  const std::string mode(call.text("auto_pad", "NOTSET"));
  std::vector<std::int64_t> begin = numbers_by_axis(call, "pads", 2 * axes, 0, 0);
  begin.resize(axes);
  if (mode == "NOTSET" || mode.empty())
    return begin;
  if (mode != "VALID" && mode != "SAME_UPPER" && mode != "SAME_LOWER")
    refuse("auto_pad", mode, "NOTSET, VALID, SAME_UPPER or SAME_LOWER");
  for (std::size_t i = 0; i < axes; ++i) {
    const std::size_t axis = i + 2;
    const std::int64_t extent = (pooling.kernel[axis] - 1) * pooling.dilation[axis] + 1,
                       padding = std::max<std::int64_t>(
                           (out[axis] - 1) * pooling.stride[axis] + extent - in[axis], 0);
    begin[i] = mode == "VALID" ? 0 : mode == "SAME_UPPER" ? padding / 2 : ceil_div(padding, std::int64_t{2});
  }
  return begin;
}

/// Divisors of windows that reach behind the padding differ from one program to the next.
void check_counted_padding(const Call &call, const WindowPooling &pooling, const Shape &in,
                           const Shape &out) {
  const std::size_t axes = in.size() - 2;
  const std::vector<std::int64_t> pads = numbers_by_axis(call, "pads", 2 * axes, 0, 0);
  if (call.integer("ceil_mode", 0) == 0 || call.text("auto_pad", "NOTSET") != "NOTSET")
    return;
  for (std::size_t i = 0; i < axes; ++i) {
    const std::size_t axis = i + 2;
    const std::int64_t extent = (pooling.kernel[axis] - 1) * pooling.dilation[axis] + 1;
    if ((out[axis] - 1) * pooling.stride[axis] - pads[i] + extent > in[axis] + pads[axes + i])
      refuse("count_include_pad", "1", "0 beside ceil_mode=1 where a window reaches behind the padding");
  }
}

WindowPooling pooling_of(const Call &call, const Shape &in, const Shape &out) {
  if (!all_known(in) || !all_known(out))
    throw Error(sizes_not_known);
  if (call.has_output(1))
    refuse("outputs", std::to_string(call.outputs()), "1: places of the largest elements are not computed");
  const std::size_t rank = in.size();
  const bool counted = call.integer("count_include_pad", 0) != 0;
  WindowPooling pooling{WindowPooling::Kind::maximum, Shape(rank, 1), Shape(rank, 1), Shape(rank, 1),
                        Shape(rank, 0)};
  if (call.type() != "MaxPool")
    pooling.kind = counted ? WindowPooling::Kind::average_of_padding : WindowPooling::Kind::average;
  const auto behind_channels = [](const std::vector<std::int64_t> &numbers, std::vector<std::int64_t> &all) {
    std::ranges::copy(numbers, all.begin() + 2);
  };
  behind_channels(numbers_by_axis(call, "kernel_shape", rank - 2, 1, -1), pooling.kernel);
  behind_channels(numbers_by_axis(call, "strides", rank - 2, 1, 1), pooling.stride);
  behind_channels(numbers_by_axis(call, "dilations", rank - 2, 1, 1), pooling.dilation);
  behind_channels(leading_padding(call, pooling, in, out), pooling.begin);
  if (pooling.kind == WindowPooling::Kind::average_of_padding)
    check_counted_padding(call, pooling, in, out);
  return pooling;
}

Meaning global_pool(const Call &call) {
  std::optional<Shape> shape = call.shape(0);
  Reduction reduction{call.type() == "GlobalMaxPool" ? Reduction::Kind::maximum : Reduction::Kind::mean, {}};
  if (shape)
    for (std::size_t i = 2; i < shape->size(); ++i)
      (*shape)[i] = 1, reduction.axes.push_back(i);
  Meaning meaning{.shapes = {shape}};
  if (call.type() != "GlobalLpPool")
    meaning.operation = std::move(reduction);
  return meaning;
}

} // namespace

Meaning pool(const Call &call) {
  const std::optional<Shape> input = call.shape(0);
  std::optional<Shape> shape = input;
  if (!shape || shape->size() < 3)
    return without_word(call, "kernel_shape");
  for (std::size_t i = 2; i < shape->size(); ++i)
    (*shape)[i] = pooled(call, (*shape)[i], i - 2, shape->size() - 2);
  Meaning meaning{.shapes = {shape, shape}};
  if (call.type() != "LpPool")
    meaning.operation = operation_or_refusal([&]() -> Operation { return pooling_of(call, *input, *shape); });
  return meaning;
}

std::vector<OperatorRow> window_operators() {
  return {{"Conv", convolution},
          {"ConvTranspose", convolution},
          {"MaxPool", pool},
          {"AveragePool", pool},
          {"LpPool", pool},
          {"GlobalAveragePool", global_pool},
          {"GlobalMaxPool", global_pool},
          {"GlobalLpPool", global_pool}};
}

} // namespace convforge::models::onnx
