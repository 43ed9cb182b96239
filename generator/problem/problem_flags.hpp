// Problems as flags, the same ones on the command line and in lists: what follows a descriptor.
#pragma once

#include "problem/problem.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace convforge {

/// A text of ProblemText by its flag.
struct ProblemFlag {
  std::string_view flag;
  std::string_view ProblemText::*text;
};

/// All of them, in the order of problem_flags().
std::span<const ProblemFlag> all_problem_flags();
/// The flags whose values are not the default ones, with these. Problem::parse() of them and the descriptor
/// gives the same problem.
std::vector<std::pair<std::string, std::string>> problem_flags(const Problem &problem);

} // namespace convforge
