// The report as one page of HTML that needs no other file and no network.
#pragma once

#include "cli/report_page/report.hpp"

#include <string>

namespace convforge::cli {

std::string report_page(const Report &report);

} // namespace convforge::cli
