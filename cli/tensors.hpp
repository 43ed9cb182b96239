// Tensors in .npy files, checked against the shapes of a problem.
#pragma once

#include "problem/problem.hpp"

#include <string>
#include <vector>

namespace convforge::cli {

// Each throws Error naming the file, its shape, the shape expected and, where the file looks like another
// layout, the flag to add. An empty path is an error where the problem has that tensor; a path is one where
// it has not.
std::vector<float> read_input(const Problem &problem, const std::string &path);
std::vector<float> read_weights(const Problem &problem, const std::string &path);
std::vector<float> read_bias(const Problem &problem, const std::string &path);
std::vector<float> read_residual(const Problem &problem, const std::string &path);

} // namespace convforge::cli
