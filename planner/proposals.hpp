// What all families propose for a problem on one platform.
#pragma once

#include "planner/candidate.hpp"

#include <optional>
#include <vector>

namespace convforge {

/// The candidates of all families, or of one algorithm's, in the order of families() (of equally fast ones
/// the first wins). None only where the algorithm does not apply, whatever the machine. Throws Error for a
/// problem or element types that the target does not take.
std::vector<Candidate> proposals(const Problem &problem, const Platform &platform,
                                 std::optional<Algorithm> only = {});

} // namespace convforge
