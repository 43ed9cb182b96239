#include "cli/model_report/machine_limits.hpp"

#include "cli/measure.hpp"
#include "cli/report/progress.hpp"
#include "convforge_tools/measure.h"
#include "target/machine_class.hpp"

#include <algorithm>
#include <fstream>
#include <string>

namespace convforge::cli {
namespace {

/// As the OS calls it; where it does not (ARM), the machine's class.
std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) {
      const std::size_t begin = line.find_first_not_of(" \t", line.find(':') + 1);
      return begin == std::string::npos ? machine_class() : line.substr(begin);
    }
  return machine_class();
}

/// Of what lies in no cache, and at most as much memory as a report may take.
std::size_t beyond_caches(const MachineFacts &facts) {
  constexpr double least = 64e6, most = 512e6;
  return static_cast<std::size_t>(std::clamp(4 * facts.l3_bytes, least, most));
}

} // namespace

ReportMachine measure_limits(const Target &target, const Machine &machine, int threads) {
  const Progress progress("measuring the machine");
  const MachineFacts facts = machine.facts(target);
  const auto copied = [&](std::size_t bytes) { return copy_bandwidth(bytes) * threads; };
  return {.cpu = cpu_name(),
          .target = std::string(target.name),
          .planned_for = machine.name,
          .threads = threads,
          .peak = convforge_fma_peak(target.cpu_features) * threads,
          .bandwidths = {{"L2", copied(static_cast<std::size_t>(facts.l2_bytes / 2))},
                         {"memory", copied(beyond_caches(facts))}}};
}

} // namespace convforge::cli
