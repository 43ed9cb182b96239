// A network's steps as the report has them, from what was compiled and timed.
#pragma once

#include "cli/model.hpp"
#include "cli/report_page/report.hpp"
#include "network/execution/execution.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace convforge::cli {

/// A program and its kernels for one target, loaded.
struct LoadedNetwork {
  network::Program program;
  network::Compiled compiled;
  std::vector<std::unique_ptr<LoadedKernel>> kernels;

  /// Whether the steps are the network.
  bool runs() const { return program.missing.empty(); }
};

/// Every step, or where the network cannot be run every convolution; `seconds` are theirs.
std::vector<ReportStep> measured_steps(const ReadModel &model, const LoadedNetwork &network,
                                       std::span<const double> seconds, int threads);

} // namespace convforge::cli
