// The parts of the page in words and single numbers: its head, the frameworks' times, what is not computed.
#pragma once

#include "cli/report_page/report.hpp"

#include <string>

namespace convforge::cli {

std::string header_html(const Report &report);
/// Bars, or the line that says why there are none.
std::string frameworks_html(const Report &report);
std::string coverage_html(const Report &report);

} // namespace convforge::cli
