// How long a framework takes for a model, where Python has one.
#pragma once

#include "cli/report_page/report.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace convforge::cli {

struct FrameworkRequest {
  std::string python; ///< a path, or a name that PATH has
  std::string model, format;
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> inputs; ///< names and shapes
  int threads = 1;
};

/// Measures for `seconds` (and as long as the framework takes to load) and keeps the least time in the
/// report; else frameworks_note says why there is none, and the answer is false.
bool time_framework(const FrameworkRequest &request, double seconds, Report &report);

} // namespace convforge::cli
