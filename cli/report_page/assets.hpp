// Texts that the program carries: the page's style and script, and what times frameworks.
#pragma once

#include <string_view>

namespace convforge::cli {

extern const std::string_view page_css, page_js, framework_times_py;

} // namespace convforge::cli
