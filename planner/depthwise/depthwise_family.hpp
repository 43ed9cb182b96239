// Depthwise as a row of families.
#pragma once

#include "planner/family.hpp"

namespace convforge {

extern const Family depthwise_family;

} // namespace convforge
