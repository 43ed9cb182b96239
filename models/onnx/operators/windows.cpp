// Operators that move a window over spatial axes: convolutions and pools.
#include "models/onnx/operators/convolutions.hpp"

#include "base/error.hpp"
#include "base/integer.hpp"
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

Meaning pool(const Call &call) {
  std::optional<Shape> shape = call.shape(0);
  if (!shape || shape->size() < 3)
    return {};
  for (std::size_t i = 2; i < shape->size(); ++i)
    (*shape)[i] = pooled(call, (*shape)[i], i - 2, shape->size() - 2);
  return {.shapes = {shape, shape}};
}

Meaning global_pool(const Call &call) {
  std::optional<Shape> shape = call.shape(0);
  if (shape)
    for (std::size_t i = 2; i < shape->size(); ++i)
      (*shape)[i] = 1;
  return {.shapes = {shape}};
}

} // namespace

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
