// A .npy file as an operand of a problem.
#pragma once

#include "problem/operand.hpp"
#include "verify/element.hpp"

#include <string>

namespace convforge::cli {

/// The operand's elements, and on standard error what users should know of them. Multipliers may be one for
/// all channels, and of float32. Throws Error naming the operand's flag, the file, its shape, the shape
/// expected and, where the file looks like another layout, the flag to add; so it does when there is no file
/// (an empty path). `layout_is_said`: by the user, of weights: then a shape that other layouts have, too, as
/// Keras' (3, 3, 3, 1) of depthwise weights, is this one's.
Elements read_operand(const std::string &path, const Problem &problem, const Operand &operand,
                      bool layout_is_said);

} // namespace convforge::cli
