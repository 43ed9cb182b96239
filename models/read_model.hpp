// Files of models in any format that there is a reader for.
#pragma once

#include "models/graph.hpp"
#include "models/input_shapes.hpp"

#include <filesystem>

namespace convforge::models {

/// Which format it is, its name says. Sizes that the model leaves open are those
/// given; what stays open, errors of layers name. Throws Error naming the file.
Graph read_model(const std::filesystem::path &path, const InputShapes &sizes = {});

} // namespace convforge::models
