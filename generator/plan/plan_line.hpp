// A plan on one line, for keys: all of it, and two plans have one line only if they are equal. No JSON is
// made of it (plan_json.hpp), whose library ends the process where memory runs out.
#pragma once

#include "plan/plan.hpp"

#include <string>

namespace convforge {

/// "algorithm=direct vector_axis=channel regions=[first_channel=0 ... unroll_tiles=0] ... why=one sentence".
std::string plan_line(const Plan &plan);

} // namespace convforge
