// Direct and pointwise as rows of families.
#pragma once

#include "planner/family.hpp"

namespace convforge {

extern const Family direct_family;
extern const Family pointwise_family;

} // namespace convforge
