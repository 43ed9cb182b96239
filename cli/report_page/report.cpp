#include "cli/report_page/report.hpp"

#include <algorithm>

namespace convforge::cli {

double Report::step_seconds() const {
  double sum = 0;
  for (const ReportStep &step : steps)
    sum += step.seconds;
  return sum;
}

std::uint64_t Report::multiply_adds() const {
  std::uint64_t sum = 0;
  for (const ReportStep &step : steps)
    sum += step.multiply_adds;
  return sum;
}

std::vector<ReportGroup> groups_of(const Report &report) {
  std::vector<ReportGroup> groups;
  for (const ReportStep &step : report.steps) {
    auto found = std::ranges::find(groups, step.group, &ReportGroup::name);
    if (found == groups.end())
      found = groups.insert(groups.end(), {.name = step.group, .is_kernel = step.is_kernel});
    ++found->steps;
    found->seconds += step.seconds;
  }
  std::ranges::stable_sort(groups, std::greater<>(), &ReportGroup::seconds);
  return groups;
}

} // namespace convforge::cli
