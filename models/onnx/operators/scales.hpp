// Scales that nodes of ONNX have as inputs.
#pragma once

#include "models/onnx/operators/call.hpp"

namespace convforge::models::onnx {

/// Which inputs a scale and its zero point are, and what errors call them.
struct ScaleInputs {
  std::size_t scale, zero_point;
  const char *scale_name, *zero_point_name;
};
/// Throws Error unless they are constants that agree; the axis is 0. A zero point that is left out is 0.
Scale constant_scale(const Call &call, const ScaleInputs &inputs);
/// That of QuantizeLinear and DequantizeLinear, by the axis that the node says. None: it is computed, or of
/// another form than one for all elements or one by place along an axis.
std::optional<Scale> linear_scale(const Call &call);
/// The type of 8-bit integers. Throws Error for another.
ElementType eight_bits(DataType type, const char *name);

} // namespace convforge::models::onnx
