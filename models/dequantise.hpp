// Constants of integers as the real numbers that they stand for.
#pragma once

#include "models/tensor.hpp"

namespace convforge::models {

/// Is the scale one for all elements, or one by place of an axis that the tensor has?
bool fits(const Scale &scale, const Tensor &tensor);
/// Of a constant whose scale fits, in float32, then rounded to the type.
Data dequantised(const Tensor &constant, const Scale &scale, DataType type);
/// The steps of an 8-bit type that are nearest to a constant in floats, ties to even, saturated.
Data quantised(const Tensor &constant, const Scale &scale, DataType type);

} // namespace convforge::models
