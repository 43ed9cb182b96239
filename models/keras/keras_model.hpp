// Keras' files: .keras, a zip archive with config.json and model.weights.h5, and .h5, an older form, HDF5
// whose attribute model_config has the same.
#pragma once

#include "models/graph.hpp"
#include "models/input_shapes.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace convforge::models::keras {

/// Which form it is, its first bytes say. A batch that is open is 1 unless `sizes` says it. Throws Error.
Graph parse_keras_model(std::span<const std::uint8_t> bytes, const InputShapes &sizes = {});
/// The same of the two parts of a .keras file.
Graph parse_keras_parts(std::string_view config, std::span<const std::uint8_t> weights,
                        const InputShapes &sizes = {});

} // namespace convforge::models::keras
