// The report as JSON: what the page shows, in SI units without prefixes.
#pragma once

#include "cli/report_page/report.hpp"

#include <nlohmann/json.hpp>

namespace convforge::cli {

nlohmann::ordered_json report_json(const Report &report);

} // namespace convforge::cli
