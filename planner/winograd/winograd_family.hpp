// Winograd as a row of families: tiles along both axes, and down the columns alone.
#pragma once

#include "planner/family.hpp"

namespace convforge {

extern const Family winograd_family;

} // namespace convforge
