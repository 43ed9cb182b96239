#include "models/onnx/operators/scales.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace convforge::models::onnx {
namespace {

const Tensor &constant_list(const Call &call, std::size_t i, const char *name) {
  const Tensor *tensor = call.input(i);
  if (!tensor)
    fail(name, "missing", "a constant of the model");
  if (!tensor->constant())
    fail(name, fmt::format("'{}' is computed", tensor->name), "a constant of the model");
  if (tensor->sizes().size() > 1 && elements_of(tensor->sizes()) != 1)
    fail(name, text_of_shape(tensor->sizes()), "one number, or one an output channel");
  return *tensor;
}

std::vector<std::int32_t> zero_points_of(const Call &call, const ScaleInputs &inputs) {
  if (!call.input(inputs.zero_point))
    return {0};
  const Tensor &tensor = constant_list(call, inputs.zero_point, inputs.zero_point_name);
  if (is_floating(tensor.type))
    fail(inputs.zero_point_name, std::string(name_of(tensor.type)), "integers");
  std::vector<std::int32_t> zero_points;
  for (const std::int64_t number : integers_of(tensor)) {
    if (number < std::numeric_limits<std::int32_t>::min() ||
        number > std::numeric_limits<std::int32_t>::max())
      fail(inputs.zero_point_name, std::to_string(number), "a number of 32 bits");
    zero_points.push_back(static_cast<std::int32_t>(number));
  }
  return zero_points;
}

} // namespace

Scale constant_scale(const Call &call, const ScaleInputs &inputs) {
  const Tensor &tensor = constant_list(call, inputs.scale, inputs.scale_name);
  if (!is_floating(tensor.type))
    fail(inputs.scale_name, std::string(name_of(tensor.type)), "f32");
  Scale scale{{}, zero_points_of(call, inputs), 0};
  for (const double number : numbers_of(tensor))
    scale.scales.push_back(static_cast<float>(number));
  if (scale.zero_points.size() == 1)
    scale.zero_points.resize(std::max<std::size_t>(scale.scales.size(), 1), scale.zero_points[0]);
  check_scale(scale, inputs.scale_name);
  return scale;
}

std::optional<Scale> linear_scale(const Call &call) {
  if (!call.input(0) || !call.input(1) || call.integer("block_size", 0) != 0)
    return std::nullopt;
  try {
    Scale scale = constant_scale(call, {1, 2, "scale", "zero_point"});
    const Shape &shape = call.input(0)->sizes();
    if (!scale.by_axis())
      return scale;
    const auto axis = axis_of(call.integer("axis", 1), shape.size());
    if (!axis || shape[*axis] != static_cast<std::int64_t>(scale.scales.size()))
      return std::nullopt;
    scale.axis = *axis;
    return scale;
  } catch (const Error &) {
    return std::nullopt;
  }
}

ElementType eight_bits(DataType type, const char *name) {
  if (type == DataType::u8)
    return ElementType::u8;
  if (type != DataType::s8)
    fail(name, std::string(name_of(type)), "u8 or s8");
  return ElementType::s8;
}

} // namespace convforge::models::onnx
