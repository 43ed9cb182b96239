// A figure's distribution over problems: mean, median, 95 %, the most and whose it is, and how many are
// beyond a bound.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace convforge {

class Distribution {
public:
  Distribution(std::string name, double bound) : name_(std::move(name)), bound_(bound) {}

  void add(double value, const std::string &problem) { values_.emplace_back(value, problem); }
  std::size_t beyond() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(values_, [&](const auto &value) { return value.first > bound_; }));
  }

  static std::string header() {
    return fmt::format("{:<13} {:>10} {:>10} {:>10} {:>10} {:>10} {:>7}  {}\n", "", "mean", "median", "95 %",
                       "most", "bound", "beyond", "the most is of");
  }
  /// A line; empty without values.
  std::string text() const {
    if (values_.empty())
      return {};
    auto sorted = values_;
    std::ranges::sort(sorted);
    double sum = 0;
    for (const auto &value : sorted)
      sum += value.first;
    const auto at = [&](double part) {
      return sorted[static_cast<std::size_t>(std::ceil(part * double(sorted.size()))) - 1].first;
    };
    return fmt::format("{:<13} {:>10.6g} {:>10.6g} {:>10.6g} {:>10.6g} {:>10} {:>7}  {}\n", name_,
                       sum / double(sorted.size()), at(0.5), at(0.95), at(1),
                       std::isinf(bound_) ? "none" : fmt::format("{:g}", bound_), beyond(),
                       sorted.back().second);
  }

private:
  std::string name_;
  double bound_;
  std::vector<std::pair<double, std::string>> values_;
};

} // namespace convforge
