// QuantizeLinear and DequantizeLinear: of constants they are constants.
#include "models/onnx/operators/scales.hpp"

#include "models/dequantise.hpp"
#include "models/onnx/constants.hpp"

namespace convforge::models::onnx {
namespace {

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
    meaning.data = quantised(*call.input(0), *scale, type);
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
    meaning.data = dequantised(input, *scale, type);
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
