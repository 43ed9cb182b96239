// --match: some of a model's convolutions.
#pragma once

#include "cli/model.hpp"

namespace convforge::cli {

/// Adds the flag.
void add_match(CLI::App &app, std::string &match);
/// Leaves those whose name matches. What is folded into others then stands between kernels. Throws Error
/// where none does, or the text is no expression.
void keep_matching(const std::string &match, ReadModel &model);

} // namespace convforge::cli
