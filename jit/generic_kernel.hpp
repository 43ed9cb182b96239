// The portable kernel of the runtime (convforge/generic.h) for a problem.
#pragma once

#include "convforge/convforge.h"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <memory>
#include <string>

namespace convforge {

/// `why` becomes the descriptor's. Throws Error for a problem that contradicts itself.
std::shared_ptr<const convforge_kernel> generic_kernel(const Problem &problem, const Target &target,
                                                       const std::string &why);

} // namespace convforge
