// QuantizeLinear and DequantizeLinear: of constants they are constants.
#include "models/onnx/operators/scales.hpp"

#include "models/onnx/constants.hpp"

#include <algorithm>
#include <cmath>

namespace convforge::models::onnx {
namespace {

/// Calls `make` with each element of a constant and the place of its scale.
template <typename Make>
Data elements_made(const Tensor &constant, const Scale &scale, DataType type, const Make &make) {
  std::vector<double> numbers = numbers_of(constant);
  std::size_t inner = 1;
  for (std::size_t i = scale.axis + 1; i < constant.sizes().size(); ++i)
    inner *= static_cast<std::size_t>(constant.sizes()[i]);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = make(numbers[i], scale.by_axis() ? i / inner % scale.scales.size() : 0);
  return data_of(type, numbers);
}

/// Its type is the zero point's or, without one, what newer nodes say.
DataType quantized_type(const Call &call) {
  if (call.input(2))
    return call.input(2)->type;
  const std::int64_t said = call.integer("output_dtype", 0);
  return said == 0 ? DataType::u8 : data_type_of(said);
}

bool is_eight_bits(DataType type) {
  return type == DataType::u8 || type == DataType::s8;
}

Meaning quantize(const Call &call) {
  const DataType type = quantized_type(call);
  Meaning meaning{.shapes = {call.shape(0)}, .types = {type}};
  const std::optional<Scale> scale = linear_scale(call);
  if (!scale || !is_eight_bits(type) || call.input(0)->type != DataType::f32)
    return meaning;
  meaning.operation = Quantize{*scale, Quantize::Ties::even};
  if (call.input(0)->constant())
    meaning.data = elements_made(*call.input(0), *scale, type, [&](double number, std::size_t place) {
      const float step = std::nearbyint(static_cast<float>(number) / scale->scales[place]);
      return static_cast<double>(step) + scale->zero_points[place]; // saturated when it is stored
    });
  return meaning;
}

Meaning dequantize(const Call &call) {
  const DataType type = call.input(1) ? call.input(1)->type : DataType::f32;
  Meaning meaning{.shapes = {call.shape(0)}, .types = {type}};
  const std::optional<Scale> scale = linear_scale(call);
  if (!scale || call.integer("output_dtype", 0) != 0 || is_floating(call.input(0)->type))
    return meaning;
  const Tensor &input = *call.input(0);
  if (input.constant()) {
    meaning.data = elements_made(input, *scale, type, [&](double number, std::size_t place) {
      return static_cast<double>(static_cast<float>(number - scale->zero_points[place]) *
                                 scale->scales[place]);
    });
    meaning.integers = std::make_shared<Integers>(Integers{input.type, input.data, *scale});
  } else if (is_eight_bits(input.type) && type == DataType::f32) {
    meaning.operation = Dequantize{*scale};
  }
  return meaning;
}

} // namespace

std::vector<OperatorRow> byte_operators() {
  return {{"QuantizeLinear", quantize}, {"DequantizeLinear", dequantize}};
}

} // namespace convforge::models::onnx
