// Families of 8-bit integers: direct, pointwise and depthwise as dot products (plan/dot_runs.hpp). They go by
// the names of the algorithms whose loops they have.
#pragma once

#include "planner/family.hpp"

namespace convforge {

extern const Family quantised_direct_family, quantised_pointwise_family, quantised_depthwise_family;

} // namespace convforge
