// Which colour a group has in every plot of a page.
#pragma once

#include "cli/report_page/report.hpp"

#include <algorithm>
#include <string_view>

namespace convforge::cli {

/// Classes c0, c1, ... of page.css; the last one is for all groups that are left.
class GroupColours {
public:
  explicit GroupColours(const Report &report) : groups_(groups_of(report)) {}

  const std::vector<ReportGroup> &groups() const { return groups_; }
  std::size_t of(std::string_view group) const {
    const auto found = std::ranges::find(groups_, group, &ReportGroup::name);
    return std::min(static_cast<std::size_t>(found - groups_.begin()), last);
  }

private:
  static constexpr std::size_t last = 8;
  std::vector<ReportGroup> groups_;
};

} // namespace convforge::cli
