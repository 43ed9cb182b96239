// What the user says of the sizes that a model leaves open.
#pragma once

#include "models/tensor.hpp"

#include <map>
#include <span>
#include <string>

namespace convforge::models {

/// Shapes of a model's inputs by their names.
using InputShapes = std::map<std::string, Shape>;

/// "x=1x3x480x480", as --input takes it. Throws Error.
InputShapes parse_input_shapes(std::span<const std::string> texts);
/// The input's shape with the sizes that were given for it. Throws Error where they contradict the file.
Shape with_given_sizes(const Tensor &input, const InputShapes &given);
/// Throws Error for a name that no input has.
void check_input_names(const InputShapes &given, std::span<const std::string> names);

} // namespace convforge::models
