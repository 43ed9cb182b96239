// The table of all steps.
#pragma once

#include "cli/report_page/report.hpp"

#include <string>

namespace convforge::cli {

std::string steps_table_html(const Report &report);

} // namespace convforge::cli
