// What this machine could do at best, measured, for a roofline.
#pragma once

#include "cli/report_page/report.hpp"
#include "planner/tuning.hpp"
#include "target/target.hpp"

namespace convforge::cli {

/// Of `threads` cores: the FMA peak by vectors of the target, and how fast memory and L2 are copied.
ReportMachine measure_limits(const Target &target, const Machine &machine, int threads);

} // namespace convforge::cli
