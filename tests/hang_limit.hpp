// How long a program that a test runs may take: against hangs only, as CTest's limits are
// (tests/CMakeLists.txt). A busy machine may make anything slow, and no test's verdict depends on it.
#pragma once

#include <chrono>

namespace convforge {

inline constexpr std::chrono::minutes hang_limit{15};

} // namespace convforge
