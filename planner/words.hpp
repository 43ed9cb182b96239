// What texts say of plans: numbers with their nouns, register tiles, tasks.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

#include <string>

namespace convforge {

/// "1 vector", "2 vectors".
std::string counted(int count, const char *noun);

/// "1x14 pixels x 2 vectors of 16 channels"
std::string pixel_tile_in_words(const Plan &plan, const Region &region);
/// "blocks of 7 output rows x 56 columns"
std::string pixel_task_in_words(const Plan &plan, const Problem &problem);

} // namespace convforge
