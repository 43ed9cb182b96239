// A .npy file as an operand of a problem.
#pragma once

#include "problem/operand.hpp"

#include <string>
#include <vector>

namespace convforge::cli {

/// The operand's numbers, and on standard error what users should know of them. Throws Error naming the
/// operand's flag, the file, its shape, the shape expected and, where the file looks like another layout, the
/// flag to add; so it does when there is no file (an empty path).
std::vector<float> read_operand(const std::string &path, const Problem &problem, const Operand &operand);

} // namespace convforge::cli
