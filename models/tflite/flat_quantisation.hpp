// Integers of TensorFlow Lite: the scales of tensors, convolutions of 8 bits, and which other operators are
// what their words say.
#pragma once

#include "models/constant_budget.hpp"
#include "models/graph.hpp"
#include "models/tflite/flat_operator.hpp"
#include "models/tflite/flat_table.hpp"
#include "problem/frameworks.hpp"

namespace convforge::models::tflite {

/// Of a tensor's table, if it is of 8-bit integers and has scales; whether they fit is asked where they are
/// used. Throws Error where there is no room for them.
std::optional<Scale> read_scale(const FlatTable &table, const Tensor &tensor, ConstantBudget &budget);

/// The tensors of a convolution; no bias: null.
struct ConvolutionTensors {
  const Tensor &data, &weights;
  const Tensor *bias, *output;
};
/// Types and zero points by those of the tensors. Throws Error naming what no kernel takes.
void set_types(const FlatOperator &op, const ConvolutionTensors &tensors, OnnxConv &node);
/// What a problem of 8-bit integers does not say. Throws Error.
void add_scales(const ConvolutionTensors &tensors, Convolution &convolution);

/// The operation of an operator that is no convolution, as far as it is one where its tensors are integers
/// with scales: what moves elements, QUANTIZE and DEQUANTIZE, and activations that change no scale.
Operation with_scales(Operation operation, const FlatOperator &op);

} // namespace convforge::models::tflite
