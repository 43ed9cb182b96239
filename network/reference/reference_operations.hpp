// Each operation of models/graph.hpp in float64, by its definition there. All throw Error for what they
// cannot compute.
#pragma once

#include "network/reference/value.hpp"

#include <functional>

namespace convforge::network::reference {

Value compute(const models::Convolution &, const Call &call);
Value compute(const models::WindowPooling &, const Call &call);
Value compute(const models::Reduction &, const Call &call);
Value compute(const models::Softmax &, const Call &call);

Value compute(const models::Elementwise &, const Call &call);
Value compute(const models::Arithmetic &, const Call &call);
Value compute(const models::UnaryFunction &, const Call &call);
Value compute(const models::Selection &, const Call &call);
Value compute(const models::Prelu &, const Call &call);
Value compute(const models::BatchNormalization &, const Call &call);

Value compute(const models::Pad &, const Call &call);
Value compute(const models::Concatenation &, const Call &call);
Value compute(const models::Slice &, const Call &call);
Value compute(const models::Transposition &, const Call &call);
Value compute(const models::Reshape &, const Call &call);
Value compute(const models::Expansion &, const Call &call);
Value compute(const models::Resampling &, const Call &call);
Value compute(const models::DepthToSpace &, const Call &call);

// Of 8-bit integers: whole numbers.
Value compute(const models::Quantize &, const Call &call);
Value compute(const models::Dequantize &, const Call &call);
Value compute(const models::Requantize &, const Call &call);
Value compute(const models::QuantisedArithmetic &, const Call &call);
Value compute(const models::Quantised &, const Call &call);
Value compute(const models::QuantisedConcatenation &, const Call &call);
bool is_of_bytes(const models::Tensor &tensor);
/// Where the problem is of integers.
Value compute_integers(const models::Convolution &, const Call &call);
/// Where the tensors are: activations that are limits in steps.
Value compute_limits(const models::Elementwise &, const Call &call);
/// The element that stands for a real number in the padding; of a tensor without a scale the number itself.
double padding_in_steps(double value, const models::Tensor &tensor);

/// Which output channel of a problem one of `count` elements is of.
std::size_t channel_of(const Problem &problem, std::size_t element, std::size_t count);
/// Of the first two inputs, broadcast to the output.
Value of_two(const Call &call, const std::function<double(double, double)> &function);

/// A part for each output of the node; of one that it leaves out, nothing.
std::vector<Value> compute_parts(const models::Split &, const Call &call);

} // namespace convforge::network::reference
