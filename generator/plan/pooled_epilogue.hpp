// Where the epilogue stands beside the pooling that follows it.
#pragma once

#include "problem/problem.hpp"

namespace convforge {

enum class EpilogueOfPooled {
  behind, ///< the largest of what a rising function makes of numbers is what it makes of the largest
  inside, ///< no number is pooled twice: each is finished as it is looked at
  before  ///< numbers are finished once, in the workspace, and then looked at several times
};

EpilogueOfPooled epilogue_of_pooled(const Problem &problem);

} // namespace convforge
