// Plans as JSON: what the tuner stores and the cache keys on. Total both ways: every field is written, and a
// plan is read only if every field is there, of its type and in range. Whether a plan fits a problem is
// another question: check_plan() of planner/check_plan.hpp.
#pragma once

#include "plan/plan.hpp"

#include <nlohmann/json_fwd.hpp>

namespace convforge {

nlohmann::ordered_json plan_json(const Plan &plan);
std::string plan_text(const Plan &plan); ///< the same on one line of ASCII

/// The inverse. Throws Error naming the field ("regions[1].tile_w"), its value and what was expected.
Plan parse_plan(const nlohmann::ordered_json &json);

} // namespace convforge
