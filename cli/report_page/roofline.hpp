// The roofline plot: how much arithmetic there is for each byte against how fast it is done, both
// logarithmic.
#pragma once

#include "cli/report_page/report.hpp"

#include <string>

namespace convforge::cli {

/// A logarithmic axis on a plot.
struct LogAxis {
  double from = 1, to = 10; ///< values at its ends
  double from_pixel = 0, to_pixel = 1;

  double pixel(double value) const;
  /// 1, 2 and 5 times the powers of ten that are on it; of those only powers of ten where there are many.
  std::vector<double> ticks() const;
};

/// An SVG element; empty where no kernel was timed.
std::string roofline_svg(const Report &report);

} // namespace convforge::cli
