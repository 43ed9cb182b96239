// All that a report says, measured.
#pragma once

#include "cli/model_report/measured_steps.hpp"
#include "network/compiled.hpp"

#include <string>

namespace convforge::cli {

struct ReportRequest {
  std::string path;               ///< the model's
  network::KernelRequest kernels; ///< for one target
  Layout layout = Layout::nhwc;   ///< of kernels of models with channels in front
  int threads = 1;
  double seconds = 2; ///< to measure at least
  std::string python; ///< empty: no framework is timed
};

/// Compiles, loads and measures, with progress on stderr. Throws Error.
Report measure_report(const ReadModel &model, const ReportRequest &request);

} // namespace convforge::cli
