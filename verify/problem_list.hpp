// Lists of problems as text: one a line, `#` begins a comment, at the end of a line after a blank. After the
// descriptor may come what the descriptor cannot say, as on the command line: `mb1ic3ih8oc8kh3ph1 --layout
// nchw --epilogue bias,relu`.
#pragma once

#include "problem/problem.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

/// One line: descriptor, then any of --layout, --weights-layout, --epilogue, --dtype, --math, --strides and
/// --residual-strides, each with its value.
Problem parse_problem_line(std::string_view line);
/// That line for a problem; parse_problem_line() gives the same problem back. In a list, a name ends before a
/// `#` that stands behind a quote and a blank.
std::string problem_line(const Problem &problem);
/// Every problem of a file (read_text_file()). Throws Error naming file and line. `notes`: takes
/// descriptor_note() of each that has one, with file and line.
std::vector<Problem> read_problem_list(const std::filesystem::path &path,
                                       std::vector<std::string> *notes = nullptr);

} // namespace convforge
