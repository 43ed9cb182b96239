// Operators of 8-bit integers. Their convolutions are refused for now; shapes go on behind them.
#include "models/onnx/operators/call.hpp"

namespace convforge::models::onnx {
namespace {

Meaning refused(const Call &call) {
  return {.operation =
              Convolution{std::nullopt, std::string(call.type()) +
                                            ": 8-bit integers are not read from models yet; `convforge "
                                            "problem --onnx` takes one such node"}};
}

Meaning quantize(const Call &call) {
  return {.shapes = {call.shape(0)}, .types = {call.input(2) ? call.input(2)->type : DataType::u8}};
}

/// Of constants with one scale they are numbers: weights that were stored as integers.
Meaning dequantize(const Call &call) {
  Meaning meaning{.shapes = {call.shape(0)}, .types = {DataType::f32}};
  const std::optional<double> scale = call.number(1), zero = call.input(2) ? call.number(2) : 0.0;
  if (!call.input(0) || !call.input(0)->constant() || !scale || !zero)
    return meaning;
  std::vector<double> numbers = numbers_of(*call.input(0));
  for (double &number : numbers)
    number = (number - *zero) * *scale;
  meaning.data = data_of(DataType::f32, numbers);
  return meaning;
}

} // namespace

std::vector<OperatorRow> byte_operators() {
  return {{"QLinearConv", refused},
          {"ConvInteger", refused},
          {"QuantizeLinear", quantize},
          {"DequantizeLinear", dequantize}};
}

} // namespace convforge::models::onnx
