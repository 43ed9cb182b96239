// Where the time goes: a strip of all steps in order, and a bar for each group.
#pragma once

#include "cli/report_page/report.hpp"

#include <string>

namespace convforge::cli {

std::string breakdown_html(const Report &report);

} // namespace convforge::cli
