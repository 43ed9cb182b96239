// Random epilogues: usual ones, and any operations in any order.
#pragma once

#include "problem/epilogue.hpp"
#include "verify/random.hpp"

#include <string>
#include <vector>

namespace convforge {

/// Operations of real numbers in the text form.
std::vector<std::string> random_operations(Random &random);
Epilogue random_epilogue(Random &random);
Epilogue epilogue_of(const std::vector<std::string> &operations);

} // namespace convforge
