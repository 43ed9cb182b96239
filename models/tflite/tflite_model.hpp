// TensorFlow Lite models as graphs.
#pragma once

#include "models/graph.hpp"
#include "models/input_shapes.hpp"

#include <cstdint>
#include <span>

namespace convforge::models::tflite {

/// Sizes are those of the file: TensorFlow Lite stores those of every tensor. Throws Error naming the tensor
/// or operator.
Graph parse_tflite_model(std::span<const std::uint8_t> bytes, const InputShapes &sizes = {});

} // namespace convforge::models::tflite
