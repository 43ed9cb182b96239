// What all of ONNX's convolutions have: the attributes and the shapes.
#pragma once

#include "models/onnx/operators/call.hpp"
#include "problem/frameworks.hpp"

namespace convforge::models::onnx {

/// The attributes.
OnnxConv convolution_node(const Call &call);
/// Of an input. Throws Error unless all sizes are known.
LayerShape convolution_shape(const Call &call, std::size_t i, const char *name);
/// Of the output, with as many axes as the input.
Shape convolution_output(const Problem &problem, std::size_t rank);

} // namespace convforge::models::onnx
